using FineTune.Torch;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Seeds the engine's generators on all devices.</summary>
    public static Generator manual_seed(long seed) => random.manual_seed(seed);

    public static class random
    {
        public static Generator manual_seed(long seed)
        {
            Native.Check(Native.ManualSeed(seed));
            return Generator.Default;
        }

        public static long initial_seed() => Generator.Default.initial_seed();

        public static Tensor get_rng_state() => Generator.Default.get_state();

        public static void set_rng_state(Tensor new_state) => Generator.Default.set_state(new_state);
    }

    /// <summary>A stream of the engine's random numbers, on the CPU.</summary>
    public class Generator : IDisposable
    {
        private static readonly Lazy<Generator> Shared = new(() => new Generator(Native.DefaultGenerator()) { _shared = true });
        private nint _handle;
        private bool _shared;

        public Generator(ulong seed = 0, Device? device = null)
        {
            if (device is not null && device.type != DeviceType.CPU)
                throw new NotSupportedException("Generators live on the CPU; seed the others by manual_seed.");
            _handle = Native.Generator(seed) is var h and not 0 ? h : throw Native.Error();
        }

        private Generator(nint handle) => _handle = handle;

        ~Generator() => Dispose(false);

        public static Generator Default => Shared.Value;

        public IntPtr Handle => _handle != 0 ? _handle : throw new ObjectDisposedException(nameof(Generator));

        public Device device => CPU;

        public Generator manual_seed(long seed)
        {
            Native.Check(Native.SeedGenerator(Handle, seed));
            return this;
        }

        public long initial_seed() => Native.GeneratorInitialSeed(Handle);

        public Tensor get_state() => Native.GeneratorState(Handle) is var s and not 0 ? new Tensor(s) : throw Native.Error();

        public void set_state(Tensor value) => Native.Check(Native.SetGeneratorState(Handle, value.Handle));

        public void Dispose()
        {
            Dispose(true);
            GC.SuppressFinalize(this);
        }

        protected virtual void Dispose(bool disposing)
        {
            if (_shared)
                return; // every call of manual_seed hands it out; it lives as long as the process
            if (_handle != 0)
                Native.FreeGenerator(_handle);
            _handle = 0;
        }
    }
}
