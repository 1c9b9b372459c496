namespace FineTune.Regularize;

/// <summary>A way to regularise that a recipe can switch on: one row of <see cref="Regularizers.Table"/>.</summary>
/// <param name="Name">What `finetune list regularizers` calls it.</param>
/// <param name="Summary">What it does, in a line.</param>
/// <param name="Options">The recipe's keys that it is switched on by.</param>
public sealed record RegularizerEntry(string Name, string Summary, IReadOnlyList<OptionInfo> Options);

/// <summary>The table of ways to regularise, beside augmentation and weight decay.</summary>
public static class Regularizers
{
    private const string Block = "regularize.";
    private const string Part = "0 to below 1";

    /// <summary>Every row.</summary>
    public static IReadOnlyList<RegularizerEntry> Table { get; } =
    [
        new("dropout", "sets random features to zero before the final layer (Srivastava et al. 2014)",
        [
            new("head.dropout", "0", $"probability, {Part}"),
            new("head.dropout_form", "inverted", "inverted (scaled in training) or test-scaled (scaled at test time)"),
        ]),
        new("spatial dropout", "sets random whole channels to zero after stages (Tompson et al. 2015)",
        [
            new(Block + "spatial_dropout", "0", $"probability, {Part}"),
            new(Block + "stages", "the last two trainable ones with convolutions", "names of stages, for drop_block too"),
        ]),
        new("DropBlock", "sets random squares of feature maps to zero after stages (Ghiasi et al. 2018)",
        [
            new(Block + "drop_block", "0", $"fraction of a map, {Part}"),
            new(Block + "block_size", "7", "side of a square in pixels, 1 to 64"),
        ]),
        new("stochastic depth", "skips random residual branches, more often towards the head (Huang et al. 2016)",
        [
            new(Block + "stochastic_depth", "0", $"probability for the last branch, {Part}"),
        ]),
        new("DropConnect", "sets random weights of the final layer to zero (Wan et al. 2013)",
        [
            new(Block + "drop_connect", "0", $"probability, {Part}"),
        ]),
        new("fractional max pooling", "max pooling with random regions (Graham 2015)",
        [
            new(Block + "fractional_pool", "false", "true or false"),
            new(Block + "pool_ratio", "0", "ratio of input to output size, above 1 to 2; 0: the output keeps its size"),
        ]),
        new("weight penalty", "adds l1 |w| + l2 / 2 w^2 to the loss: L1, L2, or with both elastic net (Zou and Hastie 2005)",
        [
            new(Block + "l1", "0", "at least 0"),
            new(Block + "l2", "0", "at least 0"),
        ]),
        new("max-norm", "limits the norm of each unit's incoming weights after each step (Srebro and Shraibman 2005)",
        [
            new(Block + "max_norm", "0", "the norm, above 0; 0 for none"),
        ]),
        new("label smoothing", "mixes the labels with the uniform distribution (Szegedy et al. 2016)",
        [
            new("label_smoothing", "0", $"weight of the uniform distribution, {Part}"),
        ]),
        new("early stopping", "ends training after some epochs without improvement (Prechelt 1998)",
        [
            new("early_stopping", "0", "patience; or a map with the two keys below"),
            new("early_stopping.patience", "0", "epochs without improvement, at least 1; 0 for never"),
            new("early_stopping.watch", EarlyStopping.Nll, "nll or top1, on the validation images"),
        ]),
        new("weight average", "evaluates and saves an average of the weights (Polyak and Juditsky 1992)",
        [
            new("optimizer.ema", "none", "decay of a moving average, 0 to below 1; auto: 1 - 10 / steps of the run"),
            new("optimizer.polyak", "none", "a duration after which the weights are averaged, all steps equally"),
        ]),
    ];

    /// <summary>The keys of a recipe's `regularize`.</summary>
    public static IReadOnlyList<string> Keys { get; } =
        [.. Table.SelectMany(r => r.Options).Where(o => o.Name.StartsWith(Block, StringComparison.Ordinal))
            .Select(o => o.Name[Block.Length..])];
}
