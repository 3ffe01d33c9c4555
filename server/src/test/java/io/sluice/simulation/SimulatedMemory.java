package io.sluice.simulation;

import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledHeapByteBuf;

/** Buffers on the heap, counted: what a server that closed has not given back is a leak. One thread. */
final class SimulatedMemory extends AbstractByteBufAllocator {
    private int live;

    /** How many buffers are out. */
    int live() {
        return live;
    }

    @Override
    protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
        return new Counted(initialCapacity, maxCapacity);
    }

    @Override
    protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
        return new Counted(initialCapacity, maxCapacity);
    }

    @Override
    public boolean isDirectBufferPooled() {
        return false;
    }

    private final class Counted extends UnpooledHeapByteBuf {
        Counted(int initialCapacity, int maxCapacity) {
            super(SimulatedMemory.this, initialCapacity, maxCapacity);
            live++;
        }

        @Override
        protected void deallocate() {
            live--;
            super.deallocate();
        }
    }
}
