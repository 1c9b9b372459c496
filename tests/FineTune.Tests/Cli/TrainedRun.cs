using FineTune.Tests.Data;

namespace FineTune.Tests.Cli;

/// <summary>A small run with two snapshots, trained once for all tests that look at one.</summary>
public sealed class TrainedRun : IDisposable
{
    private readonly ImageTree _tree = new ImageTree()
        .Pictures("data/train/ant", 6).Pictures("data/train/bee", 6, 50).Pictures("data/val/ant", 4, 100).Pictures("data/val/bee", 4, 150);

    public TrainedRun()
    {
        Trained = Finetune.Run(
            "train", "--data", Data, "--model", "cifar_resnet20", "--out", Folder, "--set", "epochs=2", "batch=4", "snapshots=2", "--json");
    }

    /// <summary>Its data: ant and bee, six to train on, four to validate on.</summary>
    public string Data => _tree.PathOf("data");

    /// <summary>Its folder.</summary>
    public string Folder => _tree.PathOf("run");

    /// <summary>An image that can be read.</summary>
    public string Photo => Path.Combine(Data, "val", "ant", "000.bmp");

    /// <summary>What training it left.</summary>
    internal Outcome Trained { get; }

    /// <summary>A file of the test's own.</summary>
    public string File(string name, byte[] bytes)
    {
        _tree.Bytes(name, bytes);
        return _tree.PathOf(name);
    }

    public void Dispose() => _tree.Dispose();
}
