using System.Reflection;

namespace FineTune.Tests;

public sealed class SerialTests
{
    /// <summary>scripts/test.sh finds them by it.</summary>
    [Fact]
    public void Classes_of_the_serial_collection_have_its_category_and_no_others()
    {
        var classes = typeof(Serial).Assembly.GetTypes().Select(t => (t.FullName, t.CustomAttributes)).ToArray();
        string?[] With(Type type, params string[] words) =>
            [.. classes.Where(c => Has(c.CustomAttributes, type, words)).Select(c => c.FullName)];
        var serial = With(typeof(CollectionAttribute), Serial.Name);
        serial.Length.ShouldBeGreaterThan(50);
        With(typeof(TraitAttribute), Serial.Category, Serial.Name).ShouldBe(serial);
    }

    private static bool Has(IEnumerable<CustomAttributeData> attributes, Type type, params string[] words) =>
        attributes.Any(a => a.AttributeType == type && a.ConstructorArguments.Select(c => c.Value as string).SequenceEqual(words));
}
