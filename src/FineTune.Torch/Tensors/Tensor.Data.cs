using FineTune.Torch;
using TorchSharp.Utils;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        /// <summary>The memory of a contiguous tensor on the CPU.</summary>
        /// <exception cref="InvalidOperationException">The tensor is on another device, is not contiguous, or has more than 2^31 bytes.</exception>
        public unsafe Span<byte> bytes
        {
            get
            {
                if (!is_cpu())
                    throw new InvalidOperationException($"The bytes of a tensor on {device} cannot be read; move it to the CPU first.");
                if (!is_contiguous() && (Native.Flags(Handle) & 16) == 0)
                    throw new InvalidOperationException("The bytes of a tensor that is not contiguous cannot be read; call contiguous() first.");
                var length = checked((int)(numel() * ElementSize));
                return length == 0 ? [] : new Span<byte>((void*)Native.Data(Handle), length);
            }
            set
            {
                var mine = bytes;
                if (value.Length != mine.Length)
                    throw new ArgumentException($"{value.Length} bytes for a tensor of {mine.Length}.");
                value.CopyTo(mine);
            }
        }

        /// <summary>Typed access to the elements, in row-major order.</summary>
        /// <exception cref="ArgumentException"><typeparamref name="T"/> is not the tensor's element type.</exception>
        public TensorAccessor<T> data<T>()
            where T : unmanaged
        {
            if (!Holds<T>())
                throw new ArgumentException($"{typeof(T).Name} for a tensor of {dtype}.");
            return new TensorAccessor<T>(this);
        }

        /// <summary>The one element of a tensor that has one.</summary>
        /// <exception cref="ArgumentException">The tensor has another number of elements, or another type.</exception>
        public T item<T>()
            where T : unmanaged
        {
            if (numel() != 1)
                throw new ArgumentException($"item() of a tensor with {numel()} elements.");
            if (is_cpu())
                return data<T>()[0];
            using var here = cpu().DetachFromDisposeScope();
            return here.data<T>()[0];
        }

        public Scalar ToScalar() => dtype switch
        {
            ScalarType.Float32 => item<float>(),
            ScalarType.Float64 => item<double>(),
            ScalarType.Bool => item<bool>(),
            ScalarType.Byte => item<byte>(),
            ScalarType.Int8 => item<sbyte>(),
            ScalarType.Int16 => item<short>(),
            ScalarType.Int32 => item<int>(),
            ScalarType.Int64 => item<long>(),
            ScalarType.BFloat16 or ScalarType.Float16 => AsDouble(),
            _ => throw new NotSupportedException($"A scalar of type {dtype}."),
        };

        public Tensor copy_(Tensor source, bool nonBlocking = false)
        {
            Ops.Copy_.Run(this, source, nonBlocking);
            return this;
        }

        public Tensor set_(Tensor source)
        {
            Ops.Set_.Run(this, source);
            return this;
        }

        public Tensor clone() => Ops.Clone.Call(this);

        public Tensor detach() => Ops.Detach.Call(this);

        public Tensor detach_()
        {
            Ops.Detach_.Run(this);
            return this;
        }

        public Tensor contiguous() => Ops.Contiguous.Call(this);

        public Tensor alias() => Ops.Alias.Call(this);

        public Tensor to(ScalarType type, Device device, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            Convert(type, device, copy, disposeAfter, non_blocking);

        public Tensor to(ScalarType type, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            Convert(type, null, copy, disposeAfter, non_blocking);

        public Tensor to(Device device, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            Convert(null, device, copy, disposeAfter, non_blocking);

        public Tensor to(DeviceType deviceType, int deviceIndex = -1, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            Convert(null, new Device(deviceType, deviceIndex), copy, disposeAfter, non_blocking);

        public Tensor to(string device, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            Convert(null, new Device(device), copy, disposeAfter, non_blocking);

        public Tensor to(Tensor other, bool non_blocking = false) => Convert(other.dtype, other.device, false, false, non_blocking);

        public Tensor to_type(ScalarType type, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            Convert(type, null, copy, disposeAfter, non_blocking);

        public Tensor type_as(Tensor tensor) => to_type(tensor.dtype);

        public Tensor cpu() => to(CPU);

        public Tensor cuda(Device? device = null, bool non_blocking = false) => to(device ?? CUDA, non_blocking: non_blocking);

        public Tensor @float() => to_type(ScalarType.Float32);

        public Tensor @double() => to_type(ScalarType.Float64);

        public Tensor @long() => to_type(ScalarType.Int64);

        public Tensor @int() => to_type(ScalarType.Int32);

        public Tensor @bool() => to_type(ScalarType.Bool);

        public Tensor @byte() => to_type(ScalarType.Byte);

        public Tensor half() => to_type(ScalarType.Float16);

        public Tensor bfloat16() => to_type(ScalarType.BFloat16);

        private unsafe bool Holds<T>()
            where T : unmanaged => dtype switch
            {
                ScalarType.Float32 => typeof(T) == typeof(float),
                ScalarType.Float64 => typeof(T) == typeof(double),
                ScalarType.Int64 => typeof(T) == typeof(long),
                ScalarType.Int32 => typeof(T) == typeof(int),
                ScalarType.Int16 => typeof(T) == typeof(short),
                ScalarType.Int8 => typeof(T) == typeof(sbyte),
                ScalarType.Byte => typeof(T) == typeof(byte),
                ScalarType.Bool => typeof(T) == typeof(bool),
                _ => sizeof(T) == ElementSize, // .NET's own type of the half formats, or their bits
            };

        internal double AsDouble()
        {
            using var number = Ops.To.Call(this, ScalarType.Float64, Arg.None, CPU).DetachFromDisposeScope();
            return number.item<double>();
        }

        private Tensor Convert(ScalarType? type, Device? device, bool copy, bool disposeAfter, bool nonBlocking)
        {
            var result = Ops.To.Call(this, type, Arg.None, device, Arg.None, nonBlocking, copy);
            if (disposeAfter)
                Dispose();
            return result;
        }
    }
}
