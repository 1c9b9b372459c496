namespace FineTune.Weights;

/// <summary>What to do about weights in another form.</summary>
internal static class ForeignWords
{
    /// <summary>For a network that is at hand in Python.</summary>
    public const string Save = "in Python: torch.save(model.state_dict(), 'weights.pth')";

    /// <summary>For libraries whose layers PyTorch has not.</summary>
    public const string OtherLayers =
        "its layers are not PyTorch's; take the network's PyTorch weights, in Python: "
        + "torch.save(torchvision.models.resnet50(weights='DEFAULT').state_dict(), 'weights.pth')";
}
