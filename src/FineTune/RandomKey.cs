namespace FineTune;

/// <summary>What a random number is drawn for. Each use has streams of its own, so that adding one moves no other.</summary>
public enum RandomUse
{
    /// <summary>The order of samples in an epoch.</summary>
    Order = 2,

    /// <summary>The augmentation of one sample in one epoch.</summary>
    Augment = 3,

    /// <summary>Initial values of parameters that no weights fill.</summary>
    Initialise = 4,

    /// <summary>Masks of dropout and other stochastic layers, one stream per training step.</summary>
    Dropout = 5,

    /// <summary>Mixing of samples within a batch.</summary>
    Mix = 6,

    /// <summary>Noise added to a gradient.</summary>
    GradientNoise = 7,

    /// <summary>Starting points and directions of diagnostics.</summary>
    Diagnose = 8,

    /// <summary>Images drawn for a bootstrap, and the folds of a cross-fit.</summary>
    Resample = 9,

    /// <summary>The configurations that a sweep tries.</summary>
    Search = 10,
}

/// <summary>
/// The name of a stream of random numbers. All randomness is a function of (seed, epoch, sample, use), never of a
/// shared stream, so the same bits come out whatever the number of threads, and after a resume.
/// </summary>
/// <param name="Seed">The run's seed.</param>
/// <param name="Epoch">The epoch, or 0 where it does not matter.</param>
/// <param name="Sample">The sample's index in the dataset, or the training step, or 0.</param>
/// <param name="Use">What the numbers are for.</param>
public readonly record struct RandomKey(long Seed, long Epoch, long Sample, RandomUse Use)
{
    /// <summary>The stream of this key, at its start.</summary>
    public RandomStream Stream() => new((ulong)ToSeed());

    /// <summary>A 64-bit seed for the part of a step: the first has that of the step.</summary>
    /// <param name="part">From 0.</param>
    public long ToSeed(int part) => part == 0 ? ToSeed() : (long)RandomStream.Mix((ulong)ToSeed() + ((ulong)part * 0x9E3779B97F4A7C15UL));

    /// <summary>A 64-bit seed for a generator that is not ours, such as the engine's.</summary>
    public long ToSeed()
    {
        var h = RandomStream.Mix((ulong)Seed + 0x9E3779B97F4A7C15UL);
        h = RandomStream.Mix(h ^ ((ulong)Epoch + 0xD1B54A32D192ED03UL));
        h = RandomStream.Mix(h ^ ((ulong)Sample + 0x8CB92BA72F3D8DD7UL));
        return (long)RandomStream.Mix(h ^ ((ulong)Use * 0xA0761D6478BD642FUL));
    }
}

/// <summary>SplitMix64 (Steele, Lea, Flood 2014): a counter and a mixing function, 2^64 numbers a stream.</summary>
public struct RandomStream
{
    private ulong _state;

    internal RandomStream(ulong state) => _state = state;

    /// <summary>64 random bits.</summary>
    public ulong NextUInt64() => Mix(_state += 0x9E3779B97F4A7C15UL);

    /// <summary>Uniform in [0, 1), 53 bits.</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform in [low, high).</summary>
    public double NextDouble(double low, double high) => low + ((high - low) * NextDouble());

    /// <summary>Uniform in 0 .. <paramref name="exclusive"/> - 1, without bias (Lemire's multiplication, with rejection).</summary>
    public int NextInt(int exclusive)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(exclusive);
        var bound = (ulong)exclusive;
        while (true)
        {
            var high = Math.BigMul(NextUInt64(), bound, out var low);
            if (low >= bound || low >= unchecked(0UL - bound) % bound)
                return (int)high;
        }
    }

    /// <summary>A standard normal number (Box and Muller).</summary>
    public double NextNormal()
    {
        var u = 1.0 - NextDouble();
        return Math.Sqrt(-2.0 * Math.Log(u)) * Math.Cos(2.0 * Math.PI * NextDouble());
    }

    /// <summary>Puts <paramref name="items"/> in random order (Fisher and Yates).</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (var i = items.Length - 1; i > 0; i--)
        {
            var j = NextInt(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    internal static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}
