using FineTune.Weights;

namespace FineTune.Tests.Weights;

public sealed class ShardedTests : IDisposable
{
    private const string Index = "model.safetensors.index.json";
    private readonly Scratch _scratch = new();

    public ShardedTests()
    {
        SafetensorsWriter.Write(_scratch.File("1.safetensors"), Of("a", "b"));
        SafetensorsWriter.Write(_scratch.File("2.safetensors"), Of("c"));
    }

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void All_tensors_come_in_the_indexs_order()
    {
        const string Map = """{"c":"2.safetensors","a":"1.safetensors","b":"1.safetensors"}""";
        Write($$$"""{"metadata":{"total_size":24,"by":"x","more":{}},"weight_map":{{{Map}}}}""");
        foreach (var path in new[] { _scratch.File(Index), _scratch.Folder })
        {
            var state = WeightFile.Read(path);
            state.Keys.ShouldBe(["c", "a", "b"]);
            state.Values.Select(t => t.ToFloats()[0]).ShouldBe(['c', 'a', 'b']);
            (state.Metadata["total_size"], state.Metadata["by"], state.Metadata.Count).ShouldBe(("24", "x", 2));
        }
    }

    [Fact]
    public void Shards_of_torch_are_read_and_a_prefix_of_all_is_taken_off()
    {
        TorchWriter.Write(_scratch.File("1.bin"), Of("module.a"));
        TorchWriter.Write(_scratch.File("2.bin"), Of("module.b", "module.c"));
        File.WriteAllText(
            _scratch.File("pytorch_model.bin.index.json"),
            """{"weight_map":{"module.a":"1.bin","module.b":"2.bin","module.c":"2.bin"}}""");
        WeightFile.Read(_scratch.Folder).Keys.ShouldBe(["a", "b", "c"]);
    }

    [Theory]
    [InlineData("""{"weight_map":{"a":"1.safetensors","b":"1.safetensors","c":"3.safetensors"}}""", "its shard '3.safetensors' is missing")]
    [InlineData(
        """{"weight_map":{"a":"1.safetensors","b":"1.safetensors","d":"2.safetensors"}}""", "its shard '2.safetensors' lacks tensor 'd'")]
    [InlineData(
        """{"weight_map":{"a":"1.safetensors","c":"2.safetensors"}}""", "'1.safetensors' has tensor 'b', which the index does not name")]
    [InlineData("""{"weight_map":{"a":"1.safetensors","b":"2.safetensors","c":"2.safetensors"}}""",
        "'b' is in its shard '1.safetensors' and said to be in '2.safetensors'")]
    [InlineData("""{"weight_map":{"a":"1.safetensors","a":"2.safetensors"}}""", "an entry twice")]
    [InlineData("""{"weight_map":{"a":"sub/1.safetensors"}}""", "'sub/1.safetensors' is not the name of a file beside it")]
    [InlineData("""{"weight_map":{"a":"sub\\1.safetensors"}}""", "is not the name of a file beside it")]
    [InlineData("""{"weight_map":{"a":"/1.safetensors"}}""", "is not the name of a file beside it")]
    [InlineData("""{"weight_map":{"a":"C:1.safetensors"}}""", "is not the name of a file beside it")]
    [InlineData("""{"weight_map":{"a":".."}}""", "is not the name of a file beside it")]
    [InlineData("""{"weight_map":{"a":"."}}""", "is not the name of a file beside it")]
    [InlineData("""{"weight_map":{"a":""}}""", "is not the name of a file beside it")]
    [InlineData("""{"weight_map":{"a":"1\u0000"}}""", "is not the name of a file beside it")]
    [InlineData("""{"weight_map":{}}""", "no tensors")]
    [InlineData("""{"weight_map":["1.safetensors"]}""", "not a map of tensors to file names")]
    [InlineData("""{"weight_map":{"a":1}}""", "not a map of tensors to file names")]
    [InlineData("""{"weight_map":{"a":"1.safetensors"},"more":1}""", "its entry 'more' is neither")]
    [InlineData("""{"architecture":"resnet50"}""", "no index of shards")]
    [InlineData("""{"weight_map":{"a":"1.safetensors"},"metadata":[]}""", "its metadata is not a map")]
    [InlineData("""{"weight_map":{"a":"1.safetensors"},"metadata":{"total_size":"24"}}""", "its total_size is not a number")]
    [InlineData("""{"weight_map":{"a":"1.safetensors"},"metadata":{"total_size":-1}}""", "its total_size is not a number")]
    [InlineData("""{"weight_map":{"a":"1.safetensors"},"metadata":{"total_size":1e12}}""", "its total_size is 1e12 bytes")]
    [InlineData("""{"weight_map":{"a":"1.safetensors"}""", "no valid JSON")]
    [InlineData("""{"weight_map":{"\ud800":"1.safetensors"}}""", "no valid JSON")]
    [InlineData("""{"weight_map":{"a":"model.safetensors.index.json"}}""", "of no known format")]
    public void What_an_index_may_not_say_is_refused(string index, string reason)
    {
        Write(index);
        Refusal(_scratch.Folder).ShouldContain(reason);
    }

    [Fact]
    public void An_index_that_is_not_UTF8_is_refused()
    {
        _scratch.File(Index, [.. "{\"weight_map\":{\""u8, 0xff, .. "\":\"1.safetensors\"}}"u8]);
        Refusal(_scratch.Folder).ShouldContain("not UTF-8");
    }

    [Fact]
    public void An_index_in_memory_has_no_shards_beside_it() =>
        Scratch.Refusal("""{"weight_map":{"a":"1.safetensors"}}"""u8.ToArray()).ShouldContain("read it by its path");

    [Fact]
    public void Limits_hold_for_all_shards_together()
    {
        var index = """{"weight_map":{"a":"1.safetensors","b":"1.safetensors","c":"2.safetensors"}}""";
        Write(index);
        var files = new FileInfo(_scratch.File("1.safetensors")).Length + new FileInfo(_scratch.File("2.safetensors")).Length;
        Refusal(_scratch.Folder, new() { MaxFileBytes = files - 1 }).ShouldContain($"it and the shards before it have {files} bytes");
        Refusal(_scratch.Folder, new() { MaxTensors = 2 }).ShouldContain("more than 2 tensors");
        Refusal(_scratch.Folder, new() { MaxTotalBytes = 23 }).ShouldContain("its and the earlier shards' tensors take more than 23 bytes");
        Refusal(_scratch.Folder, new() { MaxShards = 1 }).ShouldContain("more than 1 shards");
        Refusal(_scratch.Folder, new() { MaxIndexBytes = index.Length - 1 }).ShouldContain($"an index of {index.Length} bytes; at most");
        var enough = new WeightLimits
        {
            MaxFileBytes = files,
            MaxTensors = 3,
            MaxTotalBytes = 24,
            MaxShards = 2,
            MaxIndexBytes = index.Length,
        };
        WeightFile.Read(_scratch.Folder, enough).Count.ShouldBe(3);
    }

    [Fact]
    public void Tensors_and_pickles_of_all_shards_are_counted_together()
    {
        TorchWriter.Write(_scratch.File("1.bin"), Of("a", "b"));
        TorchWriter.Write(_scratch.File("2.bin"), Of("c"));
        Write("""{"weight_map":{"a":"1.bin","b":"1.bin","c":"2.bin"}}""");
        for (var most = 1; most < 1000; most++)
        {
            if (Fails(_scratch.File("1.bin"), most))
                continue;
            Refusal(_scratch.Folder, new() { MaxPickleOperations = most }).ShouldContain($"takes more than {most} operations");
            return;
        }

        Assert.Fail("A shard takes more than 1000 operations.");

        static bool Fails(string path, int most)
        {
            try
            {
                WeightFile.Read(path, new WeightLimits { MaxPickleOperations = most });
                return false;
            }
            catch (WeightException)
            {
                return true;
            }
        }
    }

    [SkippableFact]
    public void A_link_may_lead_to_the_indexs_own_folder_and_no_other()
    {
        Skip.If(OperatingSystem.IsWindows(), "links need a right there");
        var away = Directory.CreateDirectory(_scratch.File("away")).FullName;
        File.Move(_scratch.File("2.safetensors"), Path.Combine(away, "blob"));
        File.CreateSymbolicLink(_scratch.File("2.safetensors"), Path.Combine(away, "blob"));
        Write("""{"weight_map":{"a":"1.safetensors","b":"1.safetensors","c":"2.safetensors"}}""");
        Refusal(_scratch.Folder).ShouldContain("its shard '2.safetensors' is a link to another folder");

        File.Move(_scratch.File(Index), Path.Combine(away, "index"));
        File.CreateSymbolicLink(_scratch.File(Index), "away/index");
        WeightFile.Read(_scratch.Folder).Count.ShouldBe(3); // as a cache has them: links to one folder of files
    }

    [Fact]
    public void A_folder_needs_one_index_or_one_safetensors_file()
    {
        Refusal(_scratch.Folder).ShouldContain("it is a folder that has neither one *.index.json nor one *.safetensors");
        File.Delete(_scratch.File("2.safetensors"));
        WeightFile.Read(_scratch.Folder).Keys.ShouldBe(["a", "b"]);
        Catalog.Find(null, _scratch.Folder).ShouldBe(new WeightSource(_scratch.File("1.safetensors"), null));
        File.WriteAllText(_scratch.File("a.index.json"), "{}");
        File.WriteAllText(_scratch.File("b.index.json"), "{}");
        Refusal(_scratch.Folder).ShouldContain("name a file");
    }

    private static StateDict Of(params string[] names)
    {
        var state = new StateDict();
        foreach (var name in names)
            state.Add(name, TensorData.From([name[^1], 0f], 2));
        return state;
    }

    private static string Refusal(string path, WeightLimits? limits = null) =>
        Should.Throw<WeightException>(() => WeightFile.Read(path, limits)).Message;

    private void Write(string index) => File.WriteAllText(_scratch.File(Index), index);
}
