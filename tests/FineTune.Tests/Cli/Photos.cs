using FineTune.Tests.Data;

namespace FineTune.Tests.Cli;

/// <summary>Folders of images that a CIFAR network takes as they are.</summary>
internal static class Photos
{
    /// <summary>A folder of images of 32 by 32 pixels.</summary>
    public static ImageTree Pictures(this ImageTree tree, string folder, int count, int firstValue = 0)
    {
        for (var i = 0; i < count; i++)
            tree.Image($"{folder}/{i:000}.bmp", firstValue + i, 32, 32);
        return tree;
    }

    /// <summary>Two classes of four images each, in the folder "data".</summary>
    public static ImageTree AntsAndBees() => new ImageTree().Pictures("data/ant", 4).Pictures("data/bee", 4, 50);

    /// <summary>The words of a short training on the folder "data".</summary>
    public static string[] Training(this ImageTree tree, params string[] more) =>
        [
            "train", "--data", tree.PathOf("data"), "--model", "cifar_resnet20", "--out", tree.PathOf("run"),
            "--set", "epochs=1", "batch=4", .. more,
        ];
}
