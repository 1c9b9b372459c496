using FineTune.Experiment;

namespace FineTune.Tests.Train;

/// <summary>The ends of each key's range, and what lies just beyond.</summary>
public sealed class RecipeBoundsTests
{
    [Theory]
    [InlineData("minutes", "0.001 1000000", "0 -1 1000001 nan")]
    [InlineData("head.hidden", "1 8192", "0 8193")]
    [InlineData("head.penalty", "1e-9 1000000", "0 -1 1000001 nan")]
    [InlineData("head.dropout", "0 0.999", "-0.1 1 nan")]
    [InlineData("input.size", "8 4096", "7 4097")]
    [InlineData("input.resize", "0 8 8192", "-1 7 8193")]
    [InlineData("checkpoint.steps", "0 2147483647", "-1 2147483648")]
    [InlineData("checkpoint.minutes", "0 1e9", "-1 inf nan")]
    [InlineData("gradient.clip_norm", "0 1e30", "-0.1 inf nan")]
    [InlineData("gradient.accumulate", "1 16", "0 17")] // the batch
    [InlineData("all_reduce_timeout", "0.001 1000000", "0 1000001 nan")]
    [InlineData("regularize.block_size", "1 64", "0 65")]
    [InlineData("regularize.pool_ratio", "0 1.001 2", "-1 1 2.001 nan")]
    [InlineData("regularize.l2", "0 1e9", "-1 inf")]
    [InlineData("early_stopping.patience", "0 1000000", "-1 1000001")]
    [InlineData("label_smoothing", "0 0.999", "-0.1 1 nan")]
    [InlineData("epochs", "1 1000000", "0 1000001")]
    [InlineData("epoch_repeats", "1 10000", "0 10001")]
    [InlineData("batch", "1 65536", "0 65537")]
    [InlineData("seed", "-9223372036854775808 9223372036854775807 9007199254740990.0", "9007199254740992.0 1.5 many")]
    [InlineData("snapshots", "0 1000", "-1 1001")]
    [InlineData("distill.temperature", "1 100", "0.999 100.1 nan")]
    [InlineData("distill.weight", "0 1", "-0.001 1.001 nan")]
    [InlineData("val_fraction", "0.001 0.999", "0 1 nan")]
    [InlineData("folds", "0 2 1000", "-1 1 1001")]
    [InlineData("fold", "1 5", "0 6")]
    [InlineData("images_per_class", "0 2147483647", "-1")]
    [InlineData("cache_limit", "0.001 1048576", "0 1048577 nan")]
    [InlineData("max_pixels", "1 536870897", "0 536870898")]
    [InlineData("threads", "0 1024", "-1 1025")]
    public void Both_ends_are_allowed_and_what_lies_beyond_is_not(string key, string allowed, string refused)
    {
        foreach (var value in allowed.Split(' '))
            Should.NotThrow(() => Read(key, value), value);
        foreach (var value in refused.Split(' '))
            Should.Throw<FineTuneException>(() => Read(key, value), value).Message.ShouldStartWith($"The recipe's {key} is ");
    }

    private static void Read(string key, string value)
    {
        string[] beside = key switch
        {
            "head.penalty" => ["head.init=exact"],
            "gradient.accumulate" => ["batch=16"],
            "fold" => ["folds=5"],
            _ => [],
        };
        RecipeFile.Read(null, ["data=photos", "model=resnet18", .. beside, $"{key}={value}"]);
    }
}
