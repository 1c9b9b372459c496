using FineTune.Images;
using FineTune.Models;
using FineTune.Weights;

namespace FineTune.Tests.Weights;

/// <summary>The cards of torchvision's weights (scripts/goldens/cards.py).</summary>
public sealed class PublishedCardTests
{
    private static readonly IReadOnlyList<WeightCard> Published =
        [.. Catalog.Cards(Path.Combine(Repo.Root, "models")).Where(c => c.Url is not null)];

    [Fact]
    public void Every_family_that_torchvision_publishes_is_there()
    {
        Published.Count.ShouldBe(106);
        Published.Select(c => c.Model).Distinct().Order().ShouldBe(Zoo.Models.Where(m => m.IsTorchvisions).Select(m => m.Name).Order());
        Published.ShouldAllBe(c => c.Url!.Host == "download.pytorch.org" && c.File.Contains(c.Sha256Prefix!) && c.Licence != null);
        Published.ShouldAllBe(c => c.Classes.Distinct().Count() == 1000 && c.Classes[0] == "tench" && c.Classes[999] == "toilet tissue");
    }

    [Fact]
    public void Each_wants_the_images_that_its_network_wants()
    {
        foreach (var card in Published)
        {
            var input = Zoo.Find(card.Model).Size(1000)!.Input;
            card.Mean.Select(m => (float)m).ShouldBe(input.Mean, card.File);
            card.Std.Select(s => (float)s).ShouldBe(input.Std, card.File);
            if (!card.Model.StartsWith("regnet", StringComparison.Ordinal) && !card.Name.Contains("swag_e2e", StringComparison.Ordinal))
                card.InputSize.ShouldBe(input.InputSize, card.File);
        }

        // Their networks say 256, as the family's first ones were published; their cards say 232, and a card is what counts.
        string[] later = ["mnasnet0_75", "mnasnet1_3", "shufflenet_v2_x1_5", "shufflenet_v2_x2_0", "resnext101_64x4d"];
        foreach (var cards in Published.GroupBy(c => c.Model).Where(c => !later.Contains(c.Key)))
        {
            var input = Zoo.Find(cards.Key).Size(1000)!.Input;
            cards.ShouldContain(
                c => c.Resize == input.ResizeTo && c.InputSize == input.InputSize && c.Interpolation == input.Interpolation, cards.Key);
        }
    }

    [Theory]
    [InlineData("resnet50", "imagenet1k_v2", 0.80858)]
    [InlineData("regnet_y_16gf", "imagenet1k_v2", 0.82886)] // that of SWAG is better, and not for every use
    [InlineData("alexnet", "imagenet1k_v1", 0.56522)]
    [InlineData("cifar_resnet20", "attic", 0.961)]
    public void Default_means_what_the_publisher_means(string model, string name, double top1)
    {
        var card = Catalog.Find(model, "default", Path.Combine(Repo.Root, "models")).Card!;
        (card.Name, card.Expected["top1"]).ShouldBe((name, top1));
    }

    [Fact]
    public void A_transformer_of_a_larger_input_has_a_position_for_each_patch()
    {
        var card = Published.Single(c => c.Model == "vit_b_16" && c.Name == "imagenet1k_swag_e2e_v1");
        using var network = Zoo.Create(card.Model, 2, size: card.InputSize);
        network.state_dict()["encoder.pos_embedding"].shape.ShouldBe([1, 1 + (24 * 24), 768]);
    }

    [Fact]
    public void Restricted_weights_say_so() =>
        Published.Where(c => c.Name.Contains("swag", StringComparison.Ordinal)).Select(c => c.Licence).Distinct().ShouldHaveSingleItem()
            .ShouldStartWith("CC-BY-NC-4.0");

    [Theory]
    [InlineData("efficientnet_b0", Interpolation.Bicubic)]
    [InlineData("swin_t", Interpolation.Bicubic)]
    [InlineData("vit_b_16", Interpolation.Bilinear)]
    public void The_published_filter_is_the_networks(string model, Interpolation filter) =>
        Zoo.Find(model).Size(1000)!.Input.Interpolation.ShouldBe(filter);
}
