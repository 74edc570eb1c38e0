using System.Text.Json;
using SandboxOperator.Gateway.Console.Runs;
using SandboxOperator.Gateway.Streaming;

namespace SandboxOperator.Gateway.Console.Live;

/// <summary>What the events of a run have said since the store was last read.</summary>
internal sealed class LiveRun
{
    private LiveStep? _open;
    private int _calls;

    /// <summary>Whether something was finished or begun: the store knows more than before.</summary>
    public bool StoreIsNewer { get; private set; }

    /// <summary>Whether the open step has grown since it was last taken.</summary>
    public bool HasGrown { get; private set; }

    /// <summary>Takes what the store knows, and puts the open step, of which more is known here, in its place.</summary>
    public IReadOnlyList<TimelineItem> Merge(RunView view)
    {
        StoreIsNewer = false;
        var open = view.Items.LastOrDefault(item => item.IsOpen);
        _calls = view.Items.OfType<CallItem>().Count(call => !call.IsOpen);
        if (open is null)
        {
            return view.Items;
        }

        if (_open?.ItemId != open.Id)
        {
            _open = LiveStep.From(open);
            return view.Items;
        }

        return [.. view.Items.Select(item => item.Id == open.Id ? TakeOpen()! : item)];
    }

    /// <summary>The open step as it stands; null when there is none.</summary>
    public TimelineItem? TakeOpen()
    {
        HasGrown = false;
        return _open?.Item(_calls + 1);
    }

    /// <summary>Takes an event.</summary>
    public void Add(RunEvent item)
    {
        switch (item.Name)
        {
            case RunEventNames.StepDelta:
                Read(
                    item,
                    root => Open(root, isMessage: false).AddStep(root.GetProperty("delta").GetProperty("step_details"))
                );
                HasGrown = true;
                break;
            case RunEventNames.MessageDelta:
                Read(item, root => _open?.AddMessage(root.GetProperty("delta").GetProperty("content")));
                HasGrown = true;
                break;
            case RunEventNames.StepCreated:
                Read(
                    item,
                    root => Open(root, root.GetProperty("type").GetString() == RunLoop.RunSteps.MessageCreation)
                );
                HasGrown = true;
                break;
            default:
                StoreIsNewer = true;
                break;
        }
    }

    private LiveStep Open(JsonElement root, bool isMessage)
    {
        var id = root.GetProperty("id").GetString()!;
        if (_open?.ItemId != "item-" + id)
        {
            _open = new LiveStep(id, isMessage);
        }

        return _open;
    }

    private static void Read(RunEvent item, Action<JsonElement> read)
    {
        using var document = JsonDocument.Parse(item.Data);
        read(document.RootElement);
    }
}
