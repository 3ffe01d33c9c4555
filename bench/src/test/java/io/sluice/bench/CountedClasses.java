package io.sluice.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.Instruction;
import java.lang.classfile.instruction.BranchInstruction;
import java.lang.classfile.instruction.LabelTarget;
import java.lang.classfile.instruction.LookupSwitchInstruction;
import java.lang.classfile.instruction.ReturnInstruction;
import java.lang.classfile.instruction.TableSwitchInstruction;
import java.lang.classfile.instruction.ThrowInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.util.ArrayList;
import java.util.List;

/** Our own classes once more, each block of which first adds its length to {@link ExecutedBytecodes}. */
final class CountedClasses extends ClassLoader {
    private static final ClassDesc COUNTER = ClassDesc.of(ExecutedBytecodes.class.getName());

    private final ClassFile format;

    CountedClasses() {
        super("counted", CountedClasses.class.getClassLoader());
        format = ClassFile.of(ClassFile.ClassHierarchyResolverOption.of(
                ClassHierarchyResolver.ofResourceParsing(getParent()).cached()));
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!name.startsWith("io.sluice.") || name.equals(ExecutedBytecodes.class.getName())) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            var loaded = findLoadedClass(name);
            return loaded != null ? loaded : findClass(name);
        }
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        try (var file = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
            if (file == null) {
                throw new ClassNotFoundException(name);
            }
            var counted = ClassTransform.transformingMethodBodies(CodeTransform.ofStateful(Counting::new));
            var bytes = format.transformClass(format.parse(file.readAllBytes()), counted);
            return defineClass(name, bytes, 0, bytes.length);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    /** Holds a block back until its length is known. */
    private static final class Counting implements CodeTransform {
        private final List<CodeElement> block = new ArrayList<>();
        private long length;

        @Override
        public void accept(CodeBuilder code, CodeElement element) {
            if (element instanceof LabelTarget) {
                atEnd(code);
                code.with(element);
                return;
            }
            block.add(element);
            if (element instanceof Instruction) {
                length++;
                if (endsBlock(element)) {
                    atEnd(code);
                }
            }
        }

        @Override
        public void atEnd(CodeBuilder code) {
            if (length > 0) {
                code.getstatic(COUNTER, "count", ConstantDescs.CD_long)
                        .loadConstant(length)
                        .ladd()
                        .putstatic(COUNTER, "count", ConstantDescs.CD_long);
            }
            block.forEach(code::with);
            block.clear();
            length = 0;
        }

        private static boolean endsBlock(CodeElement element) {
            return element instanceof BranchInstruction
                    || element instanceof LookupSwitchInstruction
                    || element instanceof TableSwitchInstruction
                    || element instanceof ReturnInstruction
                    || element instanceof ThrowInstruction;
        }
    }
}
