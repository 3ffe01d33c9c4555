package io.sluice.simulation;

import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Objects;

/** Our own classes once more, with some of them changed; what is not ours is shared with everybody. */
final class PatchedClasses extends URLClassLoader {
    PatchedClasses(Path patched) throws MalformedURLException {
        super(urls(patched), PatchedClasses.class.getClassLoader());
    }

    static String classPath() {
        return Objects.requireNonNullElse(
                System.getProperty("surefire.test.class.path"), System.getProperty("java.class.path"));
    }

    private static URL[] urls(Path patched) throws MalformedURLException {
        var urls = new ArrayList<URL>();
        urls.add(patched.toUri().toURL());
        for (var entry : classPath().split(File.pathSeparator)) {
            var path = Path.of(entry);
            if (path.endsWith("classes") || path.endsWith("test-classes")) {
                urls.add(path.toUri().toURL());
            }
        }
        return urls.toArray(new URL[0]);
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        synchronized (getClassLoadingLock(name)) {
            if (name.startsWith("io.sluice.")) {
                var loaded = findLoadedClass(name);
                return loaded != null ? loaded : findClass(name);
            }
            return super.loadClass(name, resolve);
        }
    }
}
