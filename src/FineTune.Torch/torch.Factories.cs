using System.Runtime.InteropServices;
using FineTune.Torch;

namespace TorchSharp;

public static partial class torch
{
    public static Tensor empty(long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Ops.Empty.Call(size, dtype, Arg.None, device).with_requires_grad(requires_grad);

    public static Tensor empty(long size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        empty([size], dtype, device, requires_grad);

    public static Tensor zeros(long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Ops.Zeros.Call(size, dtype, Arg.None, device).with_requires_grad(requires_grad);

    public static Tensor zeros(long size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        zeros([size], dtype, device, requires_grad);

    public static Tensor zeros(long rows, long columns, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        zeros([rows, columns], dtype, device, requires_grad);

    public static Tensor ones(long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Ops.Ones.Call(size, dtype, Arg.None, device).with_requires_grad(requires_grad);

    public static Tensor ones(long size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        ones([size], dtype, device, requires_grad);

    public static Tensor ones(long rows, long columns, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        ones([rows, columns], dtype, device, requires_grad);

    public static Tensor full(long[] size, Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Ops.Full.Call(size, value, dtype, Arg.None, device).with_requires_grad(requires_grad);

    /// <summary>The first <paramref name="size"/> values of a file, mapped into memory: pages are read when they are looked at.</summary>
    public static Tensor from_file(string filename, bool? shared = null, long? size = 0, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Ops.FromFile.Call(filename, shared is { } s ? s : Arg.None, size, dtype, Arg.None, device).with_requires_grad(requires_grad);

    public static Tensor rand(long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null) =>
        Ops.Rand.Call(size, generator, dtype, Arg.None, device).with_requires_grad(requires_grad);

    public static Tensor rand(long size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null) =>
        rand([size], dtype, device, requires_grad, generator);

    public static Tensor randn(long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null) =>
        Ops.Randn.Call(size, generator, dtype, Arg.None, device).with_requires_grad(requires_grad);

    public static Tensor randn(long size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null) =>
        randn([size], dtype, device, requires_grad, generator);

    public static Tensor randn(long rows, long columns, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null) =>
        randn([rows, columns], dtype, device, requires_grad, generator);

    public static Tensor randn(long dim0, long dim1, long dim2, long dim3, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null) =>
        randn([dim0, dim1, dim2, dim3], dtype, device, requires_grad, generator);

    public static Tensor randint(long high, long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null) =>
        randint(0, high, size, dtype, device, requires_grad, generator);

    public static Tensor randint(long low, long high, long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null) =>
        Ops.Randint.Call(low, high, size, generator, dtype ?? ScalarType.Int64, Arg.None, device).with_requires_grad(requires_grad);

    public static Tensor randperm(long n, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null) =>
        Ops.Randperm.Call(n, generator, dtype ?? ScalarType.Int64, Arg.None, device).with_requires_grad(requires_grad);

    public static Tensor arange(Scalar stop, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        arange(0, stop, 1, dtype, device, requires_grad);

    public static Tensor arange(Scalar start, Scalar stop, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        arange(start, stop, 1, dtype, device, requires_grad);

    public static Tensor arange(Scalar start, Scalar stop, Scalar step, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Ops.Arange.Call(start, stop, step, dtype, Arg.None, device).with_requires_grad(requires_grad);

    public static Tensor linspace(double start, double end, long steps, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Ops.Linspace.Call(start, end, steps, dtype, Arg.None, device).with_requires_grad(requires_grad);

    public static Tensor eye(long rows, long columns = -1, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Ops.Eye.Call(rows, columns < 0 ? rows : columns, dtype, Arg.None, device).with_requires_grad(requires_grad);

    public static Tensor empty_like(Tensor input, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Ops.EmptyLike.Call(input, dtype, Arg.None, device).with_requires_grad(requires_grad);

    public static Tensor zeros_like(Tensor input, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Ops.ZerosLike.Call(input, dtype, Arg.None, device).with_requires_grad(requires_grad);

    public static Tensor ones_like(Tensor input, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Ops.OnesLike.Call(input, dtype, Arg.None, device).with_requires_grad(requires_grad);

    public static Tensor full_like(Tensor input, Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Ops.FullLike.Call(input, value, dtype, Arg.None, device).with_requires_grad(requires_grad);

    public static Tensor randn_like(Tensor input, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Ops.RandnLike.Call(input, dtype, Arg.None, device).with_requires_grad(requires_grad);

    public static Tensor tensor(float scalar, Device? device = null, bool requires_grad = false) => full([], scalar, ScalarType.Float32, device, requires_grad);

    public static Tensor tensor(double scalar, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        full([], scalar, dtype ?? ScalarType.Float64, device, requires_grad);

    public static Tensor tensor(int scalar, Device? device = null, bool requires_grad = false) => full([], scalar, ScalarType.Int32, device, requires_grad);

    public static Tensor tensor(long scalar, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        full([], scalar, dtype ?? ScalarType.Int64, device, requires_grad);

    public static Tensor tensor(float[] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        From<float>(rawArray, [rawArray.Length], ScalarType.Float32, dtype, device, requires_grad);

    public static Tensor tensor(float[] rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        From<float>(rawArray, dimensions.ToArray(), ScalarType.Float32, dtype, device, requires_grad);

    public static Tensor tensor(double[] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        From<double>(rawArray, [rawArray.Length], ScalarType.Float64, dtype, device, requires_grad);

    public static Tensor tensor(double[] rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        From<double>(rawArray, dimensions.ToArray(), ScalarType.Float64, dtype, device, requires_grad);

    public static Tensor tensor(int[] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        From<int>(rawArray, [rawArray.Length], ScalarType.Int32, dtype, device, requires_grad);

    public static Tensor tensor(long[] dataArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        From<long>(dataArray, [dataArray.Length], ScalarType.Int64, dtype, device, requires_grad);

    public static Tensor tensor(long[] dataArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        From<long>(dataArray, dimensions.ToArray(), ScalarType.Int64, dtype, device, requires_grad);

    private static Tensor From<T>(ReadOnlySpan<T> values, long[] shape, ScalarType type, ScalarType? dtype, Device? device, bool requiresGrad)
        where T : unmanaged
    {
        var elements = shape.Aggregate(1L, (a, b) => checked(a * b));
        if (elements != values.Length)
            throw new ArgumentException($"{values.Length} values for a tensor of shape [{string.Join(", ", shape)}].");
        var result = Ops.Empty.Call(shape, type);
        MemoryMarshal.AsBytes(values).CopyTo(result.bytes);
        if ((dtype ?? type) != type || (device is not null && device.type != DeviceType.CPU))
        {
            var moved = result.to(dtype ?? type, device ?? CPU);
            result.Dispose();
            result = moved;
        }

        return result.with_requires_grad(requiresGrad);
    }
}
