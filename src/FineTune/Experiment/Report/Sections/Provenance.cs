using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace FineTune.Experiment.Report.Sections;

/// <summary>What the run was made of, by hashes and versions.</summary>
internal static class Provenance
{
    /// <summary>The section.</summary>
    public static Section Of(ReportFacts facts)
    {
        var manifest = Manifest.Of(facts.Folder);
        var recipe = facts.Folder.Recipe;
        var recipeHash = File.Exists(recipe) ? Convert.ToHexStringLower(SHA256.HashData(RegularFile.Bytes(recipe))) : null;
        string[][] rows =
        [
            ["images (every file and its split)", Code(manifest?["data_sha256"])],
            ["starting weights", Code(manifest?["starting_weights_sha256"])],
            ["weights after the last step", Code(manifest?["final_weights_sha256"])],
            ["recipe.yaml", Code(recipeHash)],
        ];
        string[] keys = ["finetune", "engine", "libtorch", "cpu_capability", "dotnet", "device", "threads"];
        var machine = manifest?["machine"] is { } m ? $"{m["os"]}, {m["architecture"]}, {m["cores"]} cores" : "not known";
        var versions = keys.Select(k => new[] { k, Html.Escape(manifest?[k]?.ToString() ?? "not known") })
            .Append(["machine", Html.Escape(machine)]);
        return new Section(
            "hashes",
            "Made from",
            Html.Table("hashes", ["what", "SHA-256"], rows, "list words")
            + Html.Table("versions", ["what", "version"], versions, "list words"),
            "The same images, starting weights and recipe give the same weights to the bit, on one machine with one number of threads.");
    }

    private static string Code(JsonNode? hash) => hash is null ? "none" : $"<code>{Html.Escape(hash.ToString())}</code>";
}
