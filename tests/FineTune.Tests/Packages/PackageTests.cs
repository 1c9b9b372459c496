namespace FineTune.Tests.Packages;

[Collection(nameof(PackageCollection))]
public sealed class PackageTests(PackedPackages packages)
{
    private static readonly string Pictures = Path.Combine(Repo.Root, "datasets", "tidepool");

    [Fact]
    public void The_installed_tool_fine_tunes_the_shipped_pictures_in_a_bare_folder()
    {
        using var tool = new InstalledTool(packages.Folder, PackedPackages.Version);

        tool.Run("doctor").ShouldSucceed().Out.ShouldContain(tool.Folder); // its libtorch is the one that it brought
        string[] recipe = ["--model", "cifar_resnet20", "--weights", "attic", "--set", "epochs=2", "trainable=head"];
        tool.Run(["train", "--data", Pictures, "--out", "run", .. recipe]).ShouldSucceed();
        File.Exists(Path.Combine(tool.WorkingFolder, "run", "manifest.json")).ShouldBeTrue();
        var photo = Path.Combine(Pictures, "val", "crab", "0000.jpg");
        var prediction = tool.Run("predict", "--run", "run", photo, "--json").ShouldSucceed().Json.ShouldHaveSingleItem();
        prediction["probabilities"]!.AsObject().Count.ShouldBe(8);
    }

    [Theory]
    [InlineData("packages.md", 0, 1)] // the shipped network
    [InlineData("library.md", 0, 2)] // a module of the application's own
    [InlineData("library.md", 1, 1)] // TorchVision's
    public void A_console_project_runs_the_code_of_the_documentation(string page, int block, int runs)
    {
        var program = MarkdownCode.Blocks(Path.Combine(Repo.Root, "docs", page), "csharp")[block];
        using var project = new ConsoleProject(
            packages.Folder,
            program,
            (PackedPackages.TheLibrary, PackedPackages.Version),
            ("TorchVision", FineTune.Engine.TorchEngine.TorchSharpVersion),
            ($"libtorch-cpu-{PackedPackages.System}", FineTune.Engine.TorchEngine.LibtorchWanted));

        project.Run(Repo.Root, project.PathOf("runs")).ShouldSucceed().Out.ShouldContain("320 validation images");
        Directory.GetFiles(project.PathOf("runs"), "manifest.json", SearchOption.AllDirectories).Length.ShouldBe(runs);
    }
}
