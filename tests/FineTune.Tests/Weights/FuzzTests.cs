using System.Globalization;
using FineTune.Weights;

namespace FineTune.Tests.Weights;

/// <summary>Damage to small files of every format: they are read, or refused in a sentence; no other exception leaves the reader.</summary>
public sealed class FuzzTests
{
    private const int Mutations = 4000;

    public static TheoryData<string> Files =>
        ["compiled-legacy.pth", "nested-legacy.pth", "views-zip.pth", "protocol4.pth", "types.safetensors"];

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_prefix_of_a_file_is_refused(string file)
    {
        var bytes = Golden.Bytes(file);
        for (var length = 0; length < bytes.Length; length++)
        {
            if (Outcome(bytes[..length]))
                Assert.Fail($"The first {length} of {bytes.Length} bytes were read.");
        }

        Outcome(bytes).ShouldBeTrue();
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Damaged_bytes_end_in_a_sentence(string file)
    {
        var original = Golden.Bytes(file);
        var random = new RandomKey(1, 0, file.Length, RandomUse.Diagnose).Stream();
        var refused = 0;
        for (var i = 0; i < Mutations; i++)
        {
            var bytes = (byte[])original.Clone();
            for (var flips = 1 + random.NextInt(4); flips > 0; flips--)
            {
                var at = random.NextInt(bytes.Length);
                bytes[at] = random.NextInt(3) switch
                {
                    0 => (byte)(bytes[at] ^ (1 << random.NextInt(8))),
                    1 => (byte)random.NextInt(256),
                    _ => (byte)(random.NextInt(2) == 0 ? 0 : 255),
                };
            }

            refused += Outcome(bytes) ? 0 : 1;
        }

        refused.ShouldBeGreaterThan(Mutations / 10);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Cut_and_repeated_parts_end_in_a_sentence(string file)
    {
        var original = Golden.Bytes(file);
        var random = new RandomKey(2, 0, file.Length, RandomUse.Diagnose).Stream();
        for (var i = 0; i < Mutations / 4; i++)
        {
            int from = random.NextInt(original.Length), length = random.NextInt(Math.Min(64, original.Length - from)),
                to = random.NextInt(original.Length);
            byte[] bytes = random.NextInt(2) == 0
                ? [.. original[..from], .. original[(from + length)..]]
                : [.. original[..to], .. original[from..(from + length)], .. original[to..]];
            Outcome(bytes);
        }
    }

    /// <summary>Mutates the pickle inside an intact zip, where no checksum stops the damage before the unpickler.</summary>
    [Fact]
    public void A_damaged_pickle_in_an_intact_zip_ends_in_a_sentence()
    {
        var pickle = PickleWriter.Dict(6, 1, [2, 2], [3, 1]);
        var random = new RandomKey(3, 0, 0, RandomUse.Diagnose).Stream();
        var read = 0;
        for (var i = 0; i < Mutations; i++)
        {
            var bytes = (byte[])pickle.Clone();
            for (var flips = 1 + random.NextInt(3); flips > 0; flips--)
                bytes[random.NextInt(bytes.Length)] = (byte)random.NextInt(256);
            read += Outcome(ZipWriter.Torch(bytes, new byte[24])) ? 1 : 0;
        }

        read.ShouldBeInRange(1, Mutations - 1);
    }

    /// <summary>The long form is scripts/fuzz-weights.sh, or FINETUNE_FUZZ_WEIGHTS=200000 for this one.</summary>
    [Fact]
    public void Mutants_of_every_format_are_read_to_the_last_value_or_refused()
    {
        using var scratch = new Scratch();
        var cases = int.Parse(Environment.GetEnvironmentVariable("FINETUNE_FUZZ_WEIGHTS") ?? "5000", CultureInfo.InvariantCulture);

        var found = WeightFuzzer.Run(cases, seed: 20_251_126, scratch.Folder);

        found.Failure.ShouldBeNull();
        found.Read.ShouldBeGreaterThan(cases / 10);
        found.Refused.ShouldBeGreaterThan(cases / 10);
        found.RefusedLate.ShouldBePositive();
    }

    /// <summary>True if the bytes are read, false if refused; any other exception fails the test.</summary>
    private static bool Outcome(byte[] bytes)
    {
        try
        {
            foreach (var (name, tensor) in WeightFile.Read("fuzz", bytes, new WeightLimits { MaxExpandedBytes = 1 << 20 }))
                WeightValues.Problem(name, tensor);
            return true;
        }
        catch (WeightException e)
        {
            if (!e.Message.EndsWith('.'))
                throw new InvalidOperationException($"Not a sentence: {e.Message}");
            return false;
        }
    }
}
