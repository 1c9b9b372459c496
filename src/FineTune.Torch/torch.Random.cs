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
        private static readonly Lazy<Generator> Shared = new(() => new Generator(Native.DefaultGenerator()));
        private nint _handle;

        public Generator(ulong seed = 0, Device? device = null)
        {
            if (device is not null && device.type != DeviceType.CPU)
                throw new NotSupportedException("Generators live on the CPU; seed the others by manual_seed.");
            _handle = Native.Generator(seed) is var h and not 0 ? h : throw Native.Error();
        }

        private Generator(nint handle) => _handle = handle;

        ~Generator() => Dispose(false);

        public static Generator Default => Shared.Value;

        public IntPtr Handle => _handle;

        public Device device => CPU;

        public Generator manual_seed(long seed)
        {
            Native.Check(Native.SeedGenerator(_handle, seed));
            return this;
        }

        public long initial_seed() => Native.GeneratorInitialSeed(_handle);

        public Tensor get_state() => Native.GeneratorState(_handle) is var s and not 0 ? new Tensor(s) : throw Native.Error();

        public void set_state(Tensor value) => Native.Check(Native.SetGeneratorState(_handle, value.Handle));

        public void Dispose()
        {
            Dispose(true);
            GC.SuppressFinalize(this);
        }

        protected virtual void Dispose(bool disposing)
        {
            if (_handle != 0)
                Native.FreeGenerator(_handle);
            _handle = 0;
        }
    }
}
