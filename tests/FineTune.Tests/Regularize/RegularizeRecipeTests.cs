using FineTune.Experiment;
using FineTune.Regularize;
using FineTune.Train;

namespace FineTune.Tests.Regularize;

public sealed class RegularizeRecipeTests : IDisposable
{
    private static readonly string[] Minimal = ["data=photos", "model=resnet18"];

    private readonly string _file = Path.GetTempFileName();

    [Fact]
    public void What_is_written_reads_back()
    {
        var recipe = new Recipe
        {
            Data = "photos",
            Model = "resnet18",
            Head = new HeadOptions { Dropout = 0.5, DropoutForm = DropoutForm.TestScaled },
            Regularize = new RegularizeOptions
            {
                SpatialDropout = 0.1,
                DropBlock = 0.15,
                BlockSize = 5,
                Stages = ["layer2", "layer4"],
                StochasticDepth = 0.2,
                DropConnect = 0.3,
                FractionalPool = true,
                PoolRatio = 1.5,
                L1 = 1e-5,
                L2 = 1e-4,
                MaxNorm = 3,
            },
            EarlyStopping = new EarlyStopping { Patience = 4, Watch = EarlyStopping.Top1 },
        };
        var text = RecipeFile.Write(recipe);
        File.WriteAllText(_file, text);
        var read = RecipeFile.Read(_file);
        RecipeFile.Write(read).ShouldBe(text);
        read.Regularize.Stages.ShouldBe(recipe.Regularize.Stages);
        (read.Regularize with { Stages = recipe.Regularize.Stages }).ShouldBe(recipe.Regularize);
        (read.Head, read.EarlyStopping).ShouldBe((recipe.Head, recipe.EarlyStopping));
    }

    [Fact]
    public void Every_key_of_the_table_is_a_key_of_a_recipe()
    {
        foreach (var option in Regularizers.Table.SelectMany(r => r.Options)
            .Where(o => !o.Name.StartsWith("optimizer.", StringComparison.Ordinal)))
        {
            RecipeFile.Write(RecipeFile.Read(null, [.. Minimal, $"{option.Name}="]))
                .ShouldBe(RecipeFile.Write(RecipeFile.Read(null, Minimal)), option.Name);
        }
        Regularizers.Keys.ShouldBeUnique();
        Regularizers.Keys.Count.ShouldBe(typeof(RegularizeOptions).GetProperties().Count(p => p.CanWrite));
    }

    [Theory]
    [InlineData("early_stopping=5", 5, "nll")]
    [InlineData("early_stopping={ patience: 3, watch: top1 }", 3, "top1")]
    public void Early_stopping_is_a_number_or_a_map(string setting, int patience, string watch) =>
        RecipeFile.Read(null, [.. Minimal, setting]).EarlyStopping.ShouldBe(new EarlyStopping { Patience = patience, Watch = watch });

    [Fact]
    public void What_is_watched_is_set_over_a_number() =>
        RecipeFile.Read(null, [.. Minimal, "early_stopping=5", "early_stopping.watch=top1"])
            .EarlyStopping.ShouldBe(new EarlyStopping { Patience = 5, Watch = "top1" });

    [Theory]
    [InlineData("regularize.spatial_dropout=1", "The recipe's regularize.spatial_dropout is 1; a number from 0 to below 1 is allowed.")]
    [InlineData("regularize.drop_block=-0.1", "The recipe's regularize.drop_block is -0.1; a number from 0 to below 1 is allowed.")]
    [InlineData("regularize.block_size=0", "The recipe's regularize.block_size is 0; 1 to 64 pixels is allowed.")]
    [InlineData("regularize.stochastic_depth=1", "The recipe's regularize.stochastic_depth is 1; a number from 0 to below 1 is allowed.")]
    [InlineData("regularize.drop_connect=2", "The recipe's regularize.drop_connect is 2; a number from 0 to below 1 is allowed.")]
    [InlineData(
        "regularize.pool_ratio=1", "The recipe's regularize.pool_ratio is 1; 0 (the size stays) or a number above 1 to 2 is allowed.")]
    [InlineData("regularize.l1=-1", "The recipe's regularize.l1 is -1; a number of at least 0 is allowed.")]
    [InlineData("regularize.l2=-1", "The recipe's regularize.l2 is -1; a number of at least 0 is allowed.")]
    [InlineData("regularize.max_norm=-1", "The recipe's regularize.max_norm is -1; a number of at least 0 is allowed.")]
    [InlineData("regularize.drop_blok=0.1", "did you mean 'drop_block'")]
    [InlineData("regularize=0.1", "The recipe's regularize is a map of spatial_dropout")]
    [InlineData("early_stopping=-1", "early_stopping.patience is -1")]
    [InlineData("early_stopping.watch=loss", "nll, top1")]
    [InlineData("head.dropout_form=test-scale", "did you mean 'test-scaled'")]
    public void What_is_out_of_range_is_one_sentence(string setting, string expected)
    {
        var message = Should.Throw<FineTuneException>(() => RecipeFile.Read(null, [.. Minimal, setting])).Message;
        message.ShouldContain(expected);
        message.ShouldNotContain("\n");
    }

    public void Dispose() => File.Delete(_file);
}
