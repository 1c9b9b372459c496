using System.Globalization;
using FineTune.Torch;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Where a tensor lives: "cpu", "cuda", "cuda:1".</summary>
    public sealed class Device
    {
        public Device(DeviceType deviceType, int index = -1) => (type, this.index) = (deviceType, index);

        public Device(int index)
            : this(DeviceType.CUDA, index)
        {
        }

        /// <summary>From "cpu", "cuda" or "cuda:INDEX".</summary>
        /// <exception cref="ArgumentException">Another text.</exception>
        public Device(string description)
        {
            var parts = description.Split(':');
            var number = -1;
            if (parts.Length > 2 || !parts[0].All(char.IsAsciiLetter) || !Enum.TryParse<DeviceType>(parts[0], ignoreCase: true, out var parsed) ||
                (parts.Length == 2 && !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out number)))
                throw new ArgumentException($"'{description}' is no device; one looks like cpu, cuda or cuda:0.", nameof(description));
            type = parsed;
            index = number;
        }

        public Device(string deviceType, int index = -1)
            : this(deviceType) => this.index = index;

        public DeviceType type { get; }

        public int index { get; }

        public static implicit operator Device(string description) => new(description);

        public override string ToString()
        {
            var name = type.ToString().ToLowerInvariant();
            return index < 0 ? name : $"{name}:{index}";
        }
    }

    public static readonly Device CPU = new(DeviceType.CPU);

    public static readonly ScalarType @bool = ScalarType.Bool;
    public static readonly ScalarType uint8 = ScalarType.Byte;
    public static readonly ScalarType int32 = ScalarType.Int32;
    public static readonly ScalarType int64 = ScalarType.Int64;
    public static readonly ScalarType bfloat16 = ScalarType.BFloat16;
    public static readonly ScalarType float16 = ScalarType.Float16;
    public static readonly ScalarType float32 = ScalarType.Float32;
    public static readonly ScalarType float64 = ScalarType.Float64;

    public static Device CUDA => new(DeviceType.CUDA, 0);

    /// <summary>libtorch's own version.</summary>
    public static string __version__ => Engine.LibtorchVersion;

    public static Device device(string description) => new(description);

    public static Device device(int index) => new(index);

    public static Device device(DeviceType deviceType, int index = -1) => new(deviceType, index);

    /// <summary>Makes sure that the engine is loaded and has this kind of device.</summary>
    public static void InitializeDeviceType(DeviceType deviceType)
    {
        if (deviceType == DeviceType.CUDA && !cuda.is_available())
            throw new InvalidOperationException("This libtorch sees no CUDA device.");
    }

    public static bool cuda_is_available() => cuda.is_available();

    public static void set_num_threads(int num) => Native.Check(Native.SetThreads(num));

    public static int get_num_threads() => Native.Threads();

    public static void set_num_interop_threads(int num) => Native.Check(Native.SetInteropThreads(num));

    public static int get_num_interop_threads() => Native.InteropThreads();

    public static class cuda
    {
        public static bool is_available() => device_count() > 0;

        public static bool is_cudnn_available() => Native.HasCudnn() > 0;

        public static int device_count() => Native.CudaCount();

        public static void synchronize(Device? device = null) => Native.Check(Native.CudaSynchronize(device?.index ?? 0));
    }
}
