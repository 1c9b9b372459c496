namespace FineTune.Models;

/// <summary>What a stage of a described network comes to for one image.</summary>
/// <param name="Name">The stage.</param>
/// <param name="Shape">Its output, without the batch: [C, H, W] for maps, [tokens, C] for sequences, [C] for features.</param>
/// <param name="Parameters">Values that it learns.</param>
/// <param name="MultiplyAdds">Products that it sums up, in convolutions, linear layers and attention.</param>
public sealed record StageSize(string Name, IReadOnlyList<long> Shape, long Parameters, long MultiplyAdds);

/// <summary>What a described network comes to.</summary>
/// <param name="Input">What its input looks like.</param>
/// <param name="Stages">From input to head.</param>
public sealed record ModelSize(Preprocessing Input, IReadOnlyList<StageSize> Stages)
{
    /// <summary>Values that it learns.</summary>
    public long Parameters => Stages.Sum(s => s.Parameters);

    /// <summary>Products that it sums up for one image.</summary>
    public long MultiplyAdds => Stages.Sum(s => s.MultiplyAdds);
}
