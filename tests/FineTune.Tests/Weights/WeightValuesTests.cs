using System.Runtime.InteropServices;
using FineTune.Weights;

namespace FineTune.Tests.Weights;

public sealed class WeightValuesTests
{
    private const int Count = 77; // no multiple of a vector's elements

    [Theory]
    [InlineData(float.NaN, "1 of the 77 values of 'bn.running_var' are not finite (NaN or infinity)")]
    [InlineData(float.PositiveInfinity, "1 of the 77 values of 'bn.running_var' are not finite (NaN or infinity)")]
    [InlineData(float.NegativeInfinity, "1 of the 77 values of 'bn.running_var' are not finite (NaN or infinity)")]
    [InlineData(1.5e19f, "'bn.running_var' has a value of 1.5e+19, whose square overflows")]
    [InlineData(-1.5e19f, "'bn.running_var' has a value of 1.5e+19, whose square overflows")]
    [InlineData(1e19f, null)]
    [InlineData(-1e-45f, "'bn.running_var' is a variance and has values below 0")]
    [InlineData(-0f, null)]
    public void A_value_is_found_wherever_it_stands(float value, string? problem)
    {
        for (var at = 0; at < Count; at++)
        {
            var values = new float[Count];
            values[at] = value;
            WeightValues.Problem("bn.running_var", TensorData.From(values, Count)).ShouldBe(problem, $"at {at}");
        }
    }

    /// <summary>The last of several pieces is looked at like the first, and types other than float32 are too.</summary>
    [Theory]
    [InlineData(TensorType.Float16)]
    [InlineData(TensorType.BFloat16)]
    [InlineData(TensorType.Float32)]
    [InlineData(TensorType.Float64)]
    public void All_pieces_count(TensorType type)
    {
        var bytes = new byte[(2 * Pieces.Size) + 8];
        foreach (var at in new[] { type.Size(), Pieces.Size, bytes.Length })
            bytes.AsSpan(at - 2, 2).Fill(0x7F); // the sign, the exponent and the mantissa's start of a NaN or a large number
        bytes.AsSpan(bytes.Length - 2, 2).Fill(0xFF);
        var data = new TensorData(type, [bytes.Length / type.Size()], bytes);
        var infinite = data.ToFloats().Count(v => !float.IsFinite(v));
        infinite.ShouldBePositive();
        WeightValues.Problem("w", data).ShouldBe($"{infinite} of the {data.Count} values of 'w' are not finite (NaN or infinity)");
    }

    [Fact]
    public void Every_type_converts_as_a_cast_does()
    {
        Same<double>(TensorType.Float64, v => (float)v);
        Same<Half>(TensorType.Float16, v => (float)v);
        Same<ushort>(TensorType.BFloat16, v => BitConverter.Int32BitsToSingle(v << 16));
        Same<long>(TensorType.Int64, v => v);
        Same<int>(TensorType.Int32, v => v);
        Same<short>(TensorType.Int16, v => v);
        Same<sbyte>(TensorType.Int8, v => v);
        Same<byte>(TensorType.UInt8, v => v);
        Same<byte>(TensorType.Bool, v => v == 0 ? 0 : 1);
    }

    private static void Same<T>(TensorType type, Func<T, float> cast)
        where T : unmanaged
    {
        var bytes = new byte[8 * 65_537];
        new Random(1).NextBytes(bytes);
        var values = MemoryMarshal.Cast<byte, T>(bytes).ToArray();
        var found = new TensorData(type, [values.Length], bytes).ToFloats();
        for (var i = 0; i < values.Length; i++)
        {
            var expected = cast(values[i]);
            if (!found[i].Equals(expected) || float.IsNegative(found[i]) != float.IsNegative(expected))
                Assert.Fail($"{type} {values[i]} is {found[i]} in place of {expected}.");
        }
    }
}
