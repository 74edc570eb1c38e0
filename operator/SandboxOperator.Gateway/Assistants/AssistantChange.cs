using SandboxOperator.Gateway.Http;
using SandboxOperator.Gateway.Models;
using SandboxOperator.Gateway.Store.Entities;

namespace SandboxOperator.Gateway.Assistants;

/// <summary>
/// What a request makes of an assistant, new or old: a parameter that is absent leaves what is there, null clears
/// it, and lists and maps are replaced whole.
/// </summary>
internal sealed class AssistantChange
{
    private const int MaxName = 256;
    private const int MaxDescription = 512;

    private readonly List<Action<AssistantEntity>> _changes = [];

    private AssistantChange() { }

    /// <summary>The model that the request names, or null.</summary>
    public string? Model { get; private init; }

    /// <summary>The files that must be there, or null when the request names none.</summary>
    public IReadOnlyList<string>? FileIds { get; private init; }

    /// <summary>Reads and checks the whole request.</summary>
    public static AssistantChange Read(JsonObjectReader reader, IModelCatalog catalog)
    {
        var change = new AssistantChange
        {
            Model = ModelParameter.Read(reader, catalog),
            FileIds = ToolResourcesParameter.Read(reader),
        };
        change.Add(reader, "name", reader.String("name", MaxName), (row, value) => row.Name = value);
        change.Add(
            reader,
            "description",
            reader.String("description", MaxDescription),
            (row, value) => row.Description = value
        );
        change.Add(
            reader,
            "instructions",
            ModelSettings.Instructions(reader),
            (row, value) => row.Instructions = value
        );
        change.Add(reader, "temperature", ModelSettings.Temperature(reader), (row, value) => row.Temperature = value);
        change.Add(reader, "top_p", ModelSettings.TopP(reader), (row, value) => row.TopP = value);
        change.Add(
            reader,
            "reasoning_effort",
            ModelSettings.ReasoningEffort(reader),
            (row, value) => row.ReasoningEffort = value
        );
        change.Add(reader, "tools", ToolsParameter.Read(reader), (row, value) => row.Tools = value!);
        change.Add(reader, "metadata", Metadata.Read(reader), (row, value) => row.Metadata = value!);
        change.Add(
            reader,
            "response_format",
            ModelSettings.ResponseFormat(reader),
            (row, value) => row.ResponseFormat = value!
        );
        reader.End();
        return change;
    }

    /// <summary>Changes the row.</summary>
    public void Apply(AssistantEntity assistant)
    {
        _changes.ForEach(change => change(assistant));
        assistant.Model = Model ?? assistant.Model;
        var ids = FileIds ?? ToolResourcesParameter.Ids(assistant.ToolResources);
        // An assistant with the code interpreter shows its list of files, be it empty.
        ids ??= ToolsParameter.HasCodeInterpreter(assistant.Tools) ? [] : null;
        assistant.ToolResources = ToolResourcesParameter.Text(ids);
    }

    private void Add<T>(JsonObjectReader reader, string name, T value, Action<AssistantEntity, T> set)
    {
        if (reader.Has(name))
        {
            _changes.Add(row => set(row, value));
        }
    }
}
