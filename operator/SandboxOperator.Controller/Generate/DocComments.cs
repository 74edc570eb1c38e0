using System.Collections.Concurrent;
using System.Reflection;
using System.Text;
using System.Xml.Linq;

namespace SandboxOperator.Controller.Generate;

/// <summary>What the doc comments say about types and properties: the descriptions in the definitions.</summary>
internal static class DocComments
{
    private static readonly ConcurrentDictionary<Assembly, IReadOnlyDictionary<string, string>> Files = new();

    public static string Of(Type type) => Of(type.Assembly, $"T:{type.FullName}");

    public static string Of(PropertyInfo property) =>
        Of(property.DeclaringType!.Assembly, $"P:{property.DeclaringType!.FullName}.{property.Name}");

    private static string Of(Assembly assembly, string member) =>
        Files.GetOrAdd(assembly, Load).TryGetValue(member, out var text)
            ? text
            : throw new InvalidOperationException($"{member} has no doc comment, which is its description.");

    private static Dictionary<string, string> Load(Assembly assembly)
    {
        var path = Path.Combine(AppContext.BaseDirectory, $"{assembly.GetName().Name}.xml");
        return XDocument
            .Load(path)
            .Descendants("member")
            .Where(member => member.Element("summary") is not null)
            .ToDictionary(
                member => member.Attribute("name")!.Value,
                member => Flatten(member.Element("summary")!),
                StringComparer.Ordinal
            );
    }

    private static string Flatten(XElement summary)
    {
        var text = new StringBuilder();
        foreach (var node in summary.Nodes())
        {
            text.Append(
                node switch
                {
                    XText words => words.Value,
                    XElement element when element.Attribute("cref") is { } reference => reference.Value.Split('.')[^1],
                    XElement element => element.Value,
                    _ => "",
                }
            );
        }

        return string.Join(' ', text.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }
}
