using System.Text.Json;
using FineTune.Optimize.Schedules;

namespace FineTune.Tests.Optimize.Schedules;

/// <summary>Schedules against what scripts/goldens/schedules.py wrote.</summary>
public sealed class ScheduleGoldenTests
{
    private static readonly JsonElement Goldens = JsonDocument.Parse(File.ReadAllText(Repo.Goldens("schedules.json"))).RootElement;

    public static TheoryData<int, string> Cases => Indexed("cases", c => $"{c.GetProperty("name")} {c.GetProperty("options")}");

    public static TheoryData<int, string> Sequences => Indexed("plateau", c => c.GetProperty("options").ToString());

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_schedule_is_PyTorchs_or_fastais_at_every_step(int index, string name)
    {
        var golden = Goldens.GetProperty("cases")[index];
        var course = Create(
            golden.GetProperty("name").GetString()!,
            golden,
            new Horizon(golden.GetProperty("steps").GetInt64(), golden.GetProperty("epoch").GetInt64(), 32));
        Compare(course.Lr, golden.GetProperty("lr"), name);
        if (golden.GetProperty("momentum").ValueKind == JsonValueKind.Array)
            Compare(step => course.Momentum(step)!.Value, golden.GetProperty("momentum"), name);
        else
            course.Momentum(0).ShouldBeNull(name);
    }

    [Theory]
    [MemberData(nameof(Sequences))]
    public void Plateau_lowers_where_PyTorch_lowers(int index, string name)
    {
        var golden = Goldens.GetProperty("plateau")[index];
        var plateau = Create("plateau", golden, new Horizon(600, 10, 32)).Plateau.ShouldNotBeNull();
        PlateauState? state = null;
        foreach (var (value, factor) in golden.GetProperty("values").EnumerateArray().Zip(golden.GetProperty("factors").EnumerateArray()))
        {
            state = plateau.After(state, value.GetDouble());
            state.Factor.ShouldBe(factor.GetDouble(), 1e-12, name);
        }

        state!.Factor.ShouldBeLessThan(1, name);
    }

    private static Course Create(string name, JsonElement golden, Horizon horizon) =>
        ScheduleTable.Create(
            new NamedSpec(name, golden.GetProperty("options").EnumerateObject().ToDictionary(o => o.Name, o => Plain(o.Value))), horizon);

    private static object? Plain(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => value.GetDouble(),
        JsonValueKind.True or JsonValueKind.False => value.GetBoolean(),
        JsonValueKind.Array => value.EnumerateArray().Select(Plain).ToList(),
        _ => value.GetString(),
    };

    private static void Compare(Schedule schedule, JsonElement golden, string name)
    {
        for (var step = 0; step < golden.GetArrayLength(); step++)
            schedule(step).ShouldBe(golden[step].GetDouble(), 1e-12, $"{name} at {step}");
    }

    private static TheoryData<int, string> Indexed(string key, Func<JsonElement, string> name)
    {
        var data = new TheoryData<int, string>();
        foreach (var (golden, k) in Goldens.GetProperty(key).EnumerateArray().Select((g, k) => (g, k)))
            data.Add(k, name(golden));
        return data;
    }
}
