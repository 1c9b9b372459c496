using System.Security.Cryptography;
using FineTune.Weights;

namespace FineTune.Tests.Weights;

public sealed class CatalogTests : IDisposable
{
    private readonly Scratch _scratch = new();
    private readonly byte[] _weights = Golden.Bytes("compiled-zip.pth");

    public CatalogTests()
    {
        _scratch.File("tiny.pth", _weights);
        Card("tiny.yaml", Yaml());
    }

    [Fact]
    public void A_card_is_found_by_name_and_its_file_read_with_its_classes()
    {
        var source = Catalog.Find("tinynet", "shapes_v1", _scratch.Folder);
        source.Card!.Expected["top1"].ShouldBe(0.875);
        source.Card.Provenance["seed"].ShouldBe("0");
        source.Card.Mean.ShouldBe([0.5, 0.5, 0.5]);
        source.Card.Resize.ShouldBe(0);
        var state = source.Read();
        state.ShouldBe("compiled-zip.pth");
        state.Classes.ShouldBe(["disc", "star"]);
    }

    [Fact]
    public void A_name_says_its_model_unless_it_is_there_for_several()
    {
        Catalog.Find(null, "shapes_v1", _scratch.Folder).Card!.Model.ShouldBe("tinynet");
        Card("other.yaml", Yaml().Replace("tinynet", "othernet", StringComparison.Ordinal));
        Should.Throw<FineTuneException>(() => Catalog.Find(null, "shapes_v1", _scratch.Folder))
            .Message.ShouldContain("say for which model");
    }

    [Fact]
    public void An_existing_file_wins()
    {
        var source = Catalog.Find("tinynet", _scratch.File("tiny.pth"), _scratch.Folder);
        source.Card.ShouldBeNull();
        source.Read().Classes.ShouldBeNull();
    }

    [Theory]
    [InlineData("input_size: 20000", "8 to 4096")]
    [InlineData("input_size: 1e30", "whole number")]
    [InlineData("input_size: 32.5", "whole number")]
    [InlineData("resize: 60000", "8 to 8192")]
    [InlineData("provenance: !!python/object:os.system x", "type tag")]
    public void A_number_out_of_its_range_or_a_tag_is_refused(string line, string says)
    {
        Card("tiny.yaml", string.Join(
            '\n', Yaml().Split('\n').Where(l => !l.StartsWith(line[..line.IndexOf(':')], StringComparison.Ordinal))) + $"\n{line}\n");
        Should.Throw<FineTuneException>(() => Catalog.Cards(_scratch.Folder)).Message.ShouldContain(says);
    }

    [Fact]
    public void A_card_nested_past_the_end_of_the_stack_is_one_sentence()
    {
        Card("tiny.yaml", "a: " + new string('[', 500_000));
        Should.Throw<FineTuneException>(() => Catalog.Cards(_scratch.Folder)).Message.ShouldContain("nests deeper");
    }

    [Fact]
    public void Several_weights_of_a_model_share_what_stands_beside_them()
    {
        Card("tiny.yaml", Several);
        Directory.CreateDirectory(_scratch.File("classes"));
        _scratch.File("classes/two.txt", "# a source\ndisc\n\nstar\n"u8.ToArray());
        var cards = Catalog.Cards(_scratch.Folder);
        cards.Select(c => (c.Name, c.File, c.Sha256Prefix, c.InputSize, c.IsDefault, c.Bytes)).ShouldBe(
            [("a", "net a-01234567.pth", "01234567", 64, false, null), ("b", "b.pth", null, 32, true, 7)]);
        cards.ShouldAllBe(c => c.Model == "tinynet" && c.Classes.SequenceEqual(new[] { "disc", "star" }));
        Catalog.Find("tinynet", "default", _scratch.Folder).Card!.Name.ShouldBe("b");
        Should.Throw<FineTuneException>(() => Catalog.Find(null, "default", _scratch.Folder)).Message
            .ShouldContain("say of which, as in resnet18=default or --model resnet18");
    }

    [Theory]
    [InlineData(
        "https://weights.invalid/net%20a-01234567.pth",
        "http://weights.invalid/a.pth",
        "'url' is 'http://weights.invalid/a.pth'; it must be an https address")]
    [InlineData("https://weights.invalid/net%20a-01234567.pth", "https://me@weights.invalid/a.pth", "it must be an https address")]
    [InlineData("https://weights.invalid/net%20a-01234567.pth", "https://weights.invalid/", "it must be an https address")]
    [InlineData("https://weights.invalid/net%20a-01234567.pth", "https://weights.invalid/%2e%2e%2fa", "it must be an https address")]
    [InlineData("https://weights.invalid/net%20a-01234567.pth", "https://other.invalid/b.pth", "fetch 'b.pth' from several addresses")]
    [InlineData("sha256_prefix: '01234567'", "sha256_prefix: 0123", "'sha256_prefix' is '0123'; it must be 8 to 64 hexadecimal digits")]
    [InlineData("sha256_prefix: '01234567'", "resize: 0", "has neither 'sha256' nor 'sha256_prefix' for 'a'")]
    [InlineData("sha256_prefix: '01234567'", "file: a.pth", "'file' is 'a.pth'; it must be left out beside 'url'")]
    [InlineData("default: b", "default: c", "'default' is 'c'; it must be a name under 'weights'")]
    [InlineData("default: b", "name: c", "'name' is 'c'; it must be left out beside 'weights'")]
    [InlineData("classes: two", "classes: ../two", "'classes' is '../two'; it must be a list of names, or the name of a list in 'classes'")]
    [InlineData("classes: two", "classes: three", "there is no such file")]
    [InlineData("interpolation: bicubic", "interpolation: lanczos", "it must be bilinear or bicubic")]
    public void A_card_with_an_address_is_checked_like_any_other(string from, string to, string says)
    {
        Directory.CreateDirectory(_scratch.File("classes"));
        _scratch.File("classes/two.txt", "disc\nstar\n"u8.ToArray());
        Card("tiny.yaml", Several.Replace(from, to, StringComparison.Ordinal));
        Should.Throw<FineTuneException>(() => Catalog.Cards(_scratch.Folder)).Message.ShouldContain(says);
    }

    private const string Several = """
        model: tinynet
        default: b
        classes: two
        interpolation: bicubic
        weights:
          a:
            url: https://weights.invalid/net%20a-01234567.pth
            sha256_prefix: '01234567'
            input_size: 64
          b:
            url: https://weights.invalid/b.pth
            sha256: 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
            input_size: 32
            bytes: 7
        """;

    [Fact]
    public void A_changed_file_is_refused_on_every_load()
    {
        var source = Catalog.Find("tinynet", "shapes_v1", _scratch.Folder);
        source.Read();
        var changed = (byte[])_weights.Clone();
        changed[^1] ^= 1;
        _scratch.File("tiny.pth", changed);
        var message = Should.Throw<FineTuneException>(() => source.Read()).Message;
        message.ShouldContain(Golden.Sha256(changed));
        message.ShouldContain(Golden.Sha256(_weights));
        _scratch.File("tiny.pth", changed[1..]);
        Should.Throw<FineTuneException>(() => source.Read()).Message.ShouldContain($"has {changed.Length - 1} bytes where");
        File.Delete(_scratch.File("tiny.pth"));
        Should.Throw<FineTuneException>(() => source.Read()).Message.ShouldContain("there is no such file, though the card");
    }

    [Theory]
    [InlineData("tinynet", "shapes_v2", "did you mean 'shapes_v1'")]
    [InlineData("othernet", "shapes_v1", "belong to tinynet, not to othernet")]
    [InlineData("othernet", "none", "the catalog has none for othernet; give a file, or a model of `finetune list weights`.")]
    [InlineData(null, "shapes_v2", "Unknown weights 'shapes_v2'; did you mean 'shapes_v1'")]
    [InlineData("tinynet", "no/such.pth", "There is no weight file 'no/such.pth'")]
    [InlineData("tinynet", "such.safetensors", "There is no weight file 'such.safetensors'")]
    public void What_is_not_there_is_answered_with_what_is(string? model, string name, string answer) =>
        Should.Throw<FineTuneException>(() => Catalog.Find(model, name, _scratch.Folder)).Message.ShouldContain(answer);

    [Theory]
    [InlineData("std: [0.5, 0.5, 0.5]", "sdt: [0.5, 0.5, 0.5]", "Unknown key 'sdt'; did you mean 'std'")]
    [InlineData("std: [0.5, 0.5, 0.5]", "std: [0.5, 0, 0.5]", "'std' is '0.5, 0, 0.5'; it must be three numbers above 0")]
    [InlineData("mean: [0.5, 0.5, 0.5]", "mean: [0.5, 0.5]", "it must be three numbers")]
    [InlineData("mean: [0.5, 0.5, 0.5]", "mean: 0.5", "it must be a list")]
    [InlineData("name: shapes_v1", "", "has no 'name'")]
    [InlineData("file: tiny.pth", "file: ../tiny.pth", "the name of a file beside the card")]
    [InlineData("input_size: 64", "input_size: big", "'input_size' is 'big'; it must be a number")]
    [InlineData("input_size: 64", "input_size: 0", "it must be 8 to 4096")]
    [InlineData("interpolation: bilinear", "interpolation: lanczos", "it must be bilinear or bicubic")]
    [InlineData("expected: { top1: 0.875 }", "expected: top", "it must be a map")]
    [InlineData("input_size: 64", "input_size: 64\ninput_size: 65", "Cannot read card")]
    [InlineData("input_size: 64", "input_size: [", "Cannot read card")]
    public void A_damaged_card_names_file_and_key(string good, string bad, string reason)
    {
        Yaml().ShouldContain(good);
        Card("tiny.yaml", Yaml().Replace(good, bad, StringComparison.Ordinal));
        var message = Should.Throw<FineTuneException>(() => Catalog.Cards(_scratch.Folder)).Message;
        message.ShouldContain(reason);
        message.ShouldContain("tiny.yaml");
    }

    [Fact]
    public void Two_cards_of_one_name_are_refused()
    {
        Card("again.yaml", Yaml());
        Should.Throw<FineTuneException>(() => Catalog.Cards(_scratch.Folder)).Message.ShouldContain("Two cards");
    }

    [Fact]
    public void Without_a_folder_there_are_no_cards() => Catalog.Cards(_scratch.File("none")).ShouldBeEmpty();

    public void Dispose() => _scratch.Dispose();

    private string Card(string name, string yaml) => _scratch.File(name, System.Text.Encoding.UTF8.GetBytes(yaml));

    private string Yaml() => $$"""
        name: shapes_v1
        model: tinynet
        file: tiny.pth
        sha256: {{Convert.ToHexString(SHA256.HashData(_weights))}}
        bytes: {{_weights.Length}}
        classes: [disc, star]
        mean: [0.5, 0.5, 0.5]
        std: [0.5, 0.5, 0.5]
        input_size: 64
        resize: 0
        interpolation: bilinear
        provenance: { command: scripts/pretrain.sh, seed: 0, licence: MIT }
        expected: { top1: 0.875 }
        """;
}
