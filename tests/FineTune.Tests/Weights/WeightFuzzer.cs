using System.Diagnostics;
using System.Text;
using FineTune.Tests.Images;
using FineTune.Weights;

namespace FineTune.Tests.Weights;

/// <summary>
/// Mutates weight files of every format, again and again, and reads them with every value. The files of a case lie in a folder while it
/// runs, and stay there where it fails.
/// </summary>
/// <param name="Read">Cases that were read, all values included.</param>
/// <param name="RefusedLate">Cases that were refused when their values were asked for.</param>
/// <param name="Refused">Cases that were refused at once.</param>
/// <param name="Slowest">The longest time of a case.</param>
/// <param name="Excess">The most bytes that a case allocated beyond twice its files' size.</param>
/// <param name="Failure">What was wrong with the last case; null where nothing was.</param>
internal sealed record WeightFuzzer(int Read, int RefusedLate, int Refused, TimeSpan Slowest, long Excess, string? Failure)
{
    /// <summary>Beyond twice the files' size: buffers, views that repeat elements, and the exception.</summary>
    public const long MostExcess = 1 << 20;

    private static readonly TimeSpan MostTime = TimeSpan.FromSeconds(2);
    private static readonly WeightLimits Limits = new() { MaxExpandedBytes = 1 << 16 };

    public static WeightFuzzer Run(int cases, int seed, string folder)
    {
        var subjects = Subjects();
        var random = new Random(seed);
        var sum = new WeightFuzzer(0, 0, 0, TimeSpan.Zero, long.MinValue, null);
        for (var i = 0; i < cases && sum.Failure is null; i++)
            sum = sum.Case(subjects[i % subjects.Length], random, folder);
        return sum;
    }

    public override string ToString() => FormattableString.Invariant(
        $"{Read} read, {RefusedLate} refused at a value, {Refused} refused at once; the slowest took {Slowest.TotalMilliseconds:0} ms, ")
        + $"and none allocated more than {Excess >> 10} KiB beyond twice its files' size";

    private WeightFuzzer Case(Subject subject, Random random, string folder)
    {
        var files = subject.Mutated(random);
        foreach (var (name, bytes) in files)
            File.WriteAllBytes(Path.Combine(folder, name), bytes);
        var outcome = Outcome.Of(Path.Combine(folder, files[0].Name));
        if (outcome.Took > MostTime) // it hangs, if it is not the machine that is busy
            outcome = Outcome.Of(Path.Combine(folder, files[0].Name));
        var excess = outcome.Allocated - (2 * files.Sum(f => (long)f.Bytes.Length));
        var failure = outcome.Failure ?? (outcome.Took > MostTime ? $"it took {outcome.Took}"
            : excess > MostExcess ? $"it allocated {excess} bytes beyond twice its size" : null);
        return new WeightFuzzer(
            Read + (outcome.Read == true ? 1 : 0),
            RefusedLate + (outcome.Read == false ? 1 : 0),
            Refused + (outcome.Read is null ? 1 : 0),
            outcome.Took > Slowest ? outcome.Took : Slowest,
            Math.Max(excess, Excess),
            failure is null ? null : $"a mutant of {subject.Name}: {failure}");
    }

    private static Subject[] Subjects()
    {
        string[] goldens =
            ["views-zip.pth", "nested-zip.pth", "views-legacy.pth", "nested-legacy.pth", "compiled-legacy.pth", "types.safetensors"];
        var values = new float[1 << 18];
        var large = new StateDict
        {
            { "a.weight", TensorData.From(values, 512, 512) },
            { "a.running_var", TensorData.From(values, 1 << 18) },
        };
        return
        [
            .. goldens.Select(g => new Subject(g, [(g, Golden.Bytes(g))])),
            new("a pickle in an intact zip", [("w.pth", PickleWriter.Dict(6, 1, [2, 2], [3, 1])), ("storage", new byte[24])])
            {
                Pack = parts => [("w.pth", ZipWriter.Torch(parts[0].Bytes, parts[1].Bytes))],
            },
            new("a large zip", [("large.pth", Written(large, TorchWriter.Write))]),
            new("a large safetensors", [("large.safetensors", Written(large, SafetensorsWriter.Write))]),
            Sharded("safetensors", SafetensorsWriter.Write),
            Sharded("bin", TorchWriter.Write),
        ];
    }

    private static Subject Sharded(string ending, Action<string, StateDict> write)
    {
        string[] shards = [$"1.{ending}", $"2.{ending}"];
        var map = string.Join(",\n", shards.SelectMany((s, i) => "ab".Select(c => $"    \"{c}{i}\": \"{s}\"")));
        var index = $"{{\n  \"metadata\": {{\"total_size\": 64}},\n  \"weight_map\": {{\n{map}\n  }}\n}}\n";
        return new($"{ending} shards", [($"model.{ending}.index.json", Encoding.UTF8.GetBytes(index)), .. shards.Select(Shard)]);

        (string Name, byte[] Bytes) Shard(string name, int i) =>
            (name, Written(new StateDict { { $"a{i}", TensorData.From([1f, 2f], 2) }, { $"b{i}", TensorData.From([3L]) } }, write));
    }

    private static byte[] Written(StateDict state, Action<string, StateDict> write)
    {
        using var scratch = new Scratch();
        write(scratch.File("w"), state);
        return File.ReadAllBytes(scratch.File("w"));
    }

    /// <summary>What came of reading a file with all of its values.</summary>
    /// <param name="Read">True: they were read; false: one was refused; null: the file was refused at once.</param>
    /// <param name="Took">The time.</param>
    /// <param name="Allocated">Bytes.</param>
    /// <param name="Failure">What it ended in where it was neither read nor refused in a sentence.</param>
    private sealed record Outcome(bool? Read, TimeSpan Took, long Allocated, string? Failure)
    {
        public static Outcome Of(string path)
        {
            var (began, allocated) = (Stopwatch.GetTimestamp(), GC.GetAllocatedBytesForCurrentThread());
            bool? read = null;
            string? failure = null;
            try
            {
                var state = WeightFile.Read(path, Limits);
                read = false;
                foreach (var (name, tensor) in state)
                    WeightValues.Problem(name, tensor);
                read = true;
            }
            catch (WeightException e)
            {
                failure = e.Message.EndsWith('.') ? null : $"not a sentence: {e.Message}";
            }
            catch (Exception e)
            {
                failure = e.ToString();
            }

            return new(read, Stopwatch.GetElapsedTime(began), GC.GetAllocatedBytesForCurrentThread() - allocated, failure);
        }
    }

    /// <summary>What is mutated.</summary>
    /// <param name="Name">What messages call it.</param>
    /// <param name="Parts">Its files, the one to read first, or what <see cref="Pack"/> makes them of.</param>
    private sealed record Subject(string Name, (string Name, byte[] Bytes)[] Parts)
    {
        public Func<(string Name, byte[] Bytes)[], (string Name, byte[] Bytes)[]> Pack { get; init; } = parts => parts;

        public (string Name, byte[] Bytes)[] Mutated(Random random)
        {
            var parts = ((string Name, byte[] Bytes)[])Parts.Clone();
            var part = random.Next(2) * random.Next(parts.Length); // most of all the first
            parts[part].Bytes = random.Next(2) == 0 ? Mutant.Of(parts[part].Bytes, random) : Rearranged(parts[part].Bytes, random);
            return Pack(parts);
        }

        /// <summary>With bytes that also stand elsewhere in the file: digits, letters and operations that mean something there.</summary>
        private static byte[] Rearranged(byte[] original, Random random)
        {
            var bytes = (byte[])original.Clone();
            var reach = Math.Min(1024, bytes.Length);
            for (var edits = random.Next(1, 4); edits > 0; edits--)
                bytes[random.Next(2) == 0 ? random.Next(reach) : ^(1 + random.Next(reach))] = bytes[random.Next(reach)];
            return bytes;
        }
    }
}
