using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using static TorchSharp.torch;

namespace FineTune.Benchmarks;

/// <summary>What memory allows: x += 1e-9 g for each of some arrays, in one pass on all cores, nothing else.</summary>
internal static class PlainPass
{
    private const int Width = 16;
    private static readonly Vector512<float> Little = Vector512.Create(1e-9f);

    /// <summary>Reads <paramref name="g"/>, reads and writes each of <paramref name="arrays"/>.</summary>
    public static void Run(Tensor g, Tensor[] arrays)
    {
        var threads = Environment.ProcessorCount;
        var part = g.numel() / threads / Width * Width;
        Parallel.For(0, threads, k => Part(g, arrays, (int)(k * part), (int)part));
    }

    private static void Part(Tensor g, Tensor[] arrays, int start, int length)
    {
        var x = new Floats[arrays.Length];
        for (var k = 0; k < x.Length; k++)
            x[k] = new Floats(arrays[k]);
        var source = new Floats(g);
        for (var i = start; i < start + length; i += Width)
        {
            var step = source.At(i) * Little;
            foreach (var target in x)
                (target.At(i) + step).StoreUnsafe(ref target.First(i));
        }
    }

    private readonly struct Floats(Tensor tensor)
    {
        private readonly nint _address = AddressOf(tensor);

        public Vector512<float> At(int i) => Vector512.LoadUnsafe(ref First(i));

        public unsafe ref float First(int i) => ref ((float*)_address)[i];

        private static unsafe nint AddressOf(Tensor tensor)
        {
            fixed (byte* first = &MemoryMarshal.GetReference(tensor.bytes))
                return (nint)first;
        }
    }
}
