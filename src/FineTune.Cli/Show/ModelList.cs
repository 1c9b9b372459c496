using System.Text.Json.Nodes;
using FineTune.Images;
using FineTune.Models;
using FineTune.Weights;

namespace FineTune.Cli.Show;

/// <summary>The zoo and the catalog, as lists.</summary>
internal static class ModelList
{
    private const int Classes = 1000;
    private const string Top1 = "top1", Top5 = "top5";

    /// <summary>By family: names with parameters and multiply-adds in millions, the input's side, published top-1 and weights.</summary>
    public static int Models(Ui ui)
    {
        var cards = Catalog.Cards().ToLookup(c => c.Model);
        var width = Zoo.Models.Max(m => m.Name.Length);
        var family = string.Empty;
        foreach (var model in Zoo.Models)
        {
            var size = model.Size(Classes);
            var best = Catalog.Default(cards[model.Name]);
            ui.ResultJson(new JsonObject
            {
                ["name"] = model.Name,
                ["summary"] = model.Description,
                ["parameters"] = size?.Parameters,
                ["multiply_adds"] = size?.MultiplyAdds,
                ["input"] = size?.Input.InputSize,
                ["top1"] = Rate(best, Top1),
                ["weights"] = new JsonArray([.. cards[model.Name].Select(c => (JsonNode?)c.Name)]),
            });
            if (family != (family = model.Description))
                ui.Result(family);
            var sizes = size is null
                ? "-"
                : FormattableString.Invariant($"{size.Parameters / 1e6,6:0.0} M parameters ")
                    + FormattableString.Invariant($"{size.MultiplyAdds / 1e6,6:0} M multiply-adds {size.Input.InputSize,3} pixels");
            var names = Names([.. cards[model.Name].Select(c => c.Name)]);
            ui.Result($"  {model.Name.PadRight(width)} {sizes}  {Percent(best, Top1),5}  {names}".TrimEnd());
            foreach (var option in model.Options)
                ui.Result($"      {model.Name}:{option.Name}=... ({option.Default}): {option.Meaning}");
        }

        ui.Result("The percentage is the top-1 that is published for `--weights default`, on its own dataset's test images "
            + "(mostly ImageNet); `finetune list weights MODEL` has more.");
        return Exit.Done;
    }

    /// <summary>Cards by model: published accuracy, size, and whether the file is here.</summary>
    /// <param name="ui">Where to.</param>
    /// <param name="model">Of this model alone; null: of all.</param>
    public static int Weights(Ui ui, string? model)
    {
        if (model is not null)
            _ = Zoo.Find(model);
        var cards = Catalog.Cards().Where(c => model is null || c.Model == model).ToArray();
        if (cards.Length == 0 && !ui.Json)
        {
            ui.Result($"The catalog has no weights{(model is null ? string.Empty : $" of {model}")}; "
                + "a file of your own is loaded by its path.");
        }
        var (models, names) = (Width(cards, c => c.Model), Width(cards, c => c.Name));
        foreach (var (card, file) in cards.Select(c => (c, Catalog.Source(c))))
        {
            ui.ResultJson(Json(card, file));
            var top = card.Expected.Count == 0 ? string.Empty : $"top-1 {Percent(card, Top1),5}  top-5 {Percent(card, Top5),5}";
            var state = file.IsHere ? "here" : "fetched at first use";
            ui.Result($"{card.Model.PadRight(models)}  {card.Name.PadRight(names)}  {top,-26}  {Size(card, file),10}  {state}");
            if (model is null)
                continue;
            ui.Result($"    {(card.Url is null ? file.Path : card.Url)}");
            var licence = card.Licence ?? "licence: see the card";
            ui.Result(
                $"    {card.Classes.Count} classes, {card.InputSize} pixels from {card.Resize}, {card.Interpolation.Word()}; {licence}");
        }

        return Exit.Done;
    }

    private static JsonObject Json(WeightCard card, WeightSource file) => new()
    {
        ["name"] = card.Name,
        ["model"] = card.Model,
        ["classes"] = card.Classes.Count,
        ["url"] = card.Url?.ToString(),
        ["file"] = file.Path,
        ["here"] = file.IsHere,
        ["bytes"] = card.Bytes,
        ["top1"] = Rate(card, Top1),
        ["top5"] = Rate(card, Top5),
        ["input"] = card.InputSize,
        ["resize"] = card.Resize,
        ["interpolation"] = card.Interpolation.Word(),
        ["licence"] = card.Licence,
    };

    /// <summary>The file's size; where it is not here and its card has none, that of the parameters as float32.</summary>
    private static string Size(WeightCard card, WeightSource file)
    {
        if (file.IsHere || card.Bytes is not null)
            return FormattableString.Invariant($"{(card.Bytes ?? new FileInfo(file.Path).Length) / 1e6:0.0} MB");
        var parameters = Zoo.Models.FirstOrDefault(m => m.Name == card.Model)?.Size(Math.Max(1, card.Classes.Count))?.Parameters;
        return parameters is null ? "? MB" : FormattableString.Invariant($"~{parameters * 4 / 1e6:0} MB");
    }

    /// <summary>Names in a row: imagenet1k_{v1,v2} where they begin alike, as a shell writes it.</summary>
    private static string Names(string[] names)
    {
        if (names.Length < 2)
            return string.Concat(names);
        var alike = names[0][..(names[0].IndexOf('_', StringComparison.Ordinal) + 1)];
        return alike.Length > 0 && names.All(n => n.StartsWith(alike, StringComparison.Ordinal))
            ? $"{alike}{{{string.Join(',', names.Select(n => n[alike.Length..]))}}}"
            : string.Join(' ', names);
    }

    private static double? Rate(WeightCard? card, string name) => card?.Expected.TryGetValue(name, out var rate) == true ? rate : null;

    private static string Percent(WeightCard? card, string name) =>
        Rate(card, name) is { } rate ? FormattableString.Invariant($"{100 * rate:0.0}%") : string.Empty;

    private static int Width(IEnumerable<WeightCard> cards, Func<WeightCard, string> text) =>
        cards.Select(text).Select(t => t.Length).DefaultIfEmpty().Max();
}
