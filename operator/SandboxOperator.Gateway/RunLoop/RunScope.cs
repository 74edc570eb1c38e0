using System.Text.Json;
using SandboxOperator.Gateway.Http;
using SandboxOperator.Gateway.RunLoop.Steps;
using SandboxOperator.Gateway.Runs;
using SandboxOperator.Gateway.Store.Entities;
using SandboxOperator.Gateway.Streaming;

namespace SandboxOperator.Gateway.RunLoop;

/// <summary>
/// What one worker knows of the run it works on: its row, its journal, the step that is open, and changes and events
/// that wait for the next commit. Used by one task at a time.
/// </summary>
internal sealed class RunScope(RunEntity run, RunStream stream, RunJournal journal, TimeProvider time)
{
    private readonly List<JournalChange> _changes = [];
    private readonly List<RunEvent> _events = [];
    private readonly List<string> _images = [];
    private RunUsage _assigned;

    public RunEntity Run { get; } = run;

    public RunStream Stream { get; } = stream;

    /// <summary>Replaced when a write failed and the run's end has still to be told.</summary>
    public RunJournal Journal { get; set; } = journal;

    /// <summary>The index of the next turn.</summary>
    public int NextTurn { get; set; }

    /// <summary>When the model was asked for the turn that is not stored yet, Unix milliseconds.</summary>
    public long? AskedAtMs { get; private set; }

    /// <summary>When the first word of that turn came, Unix milliseconds; null before.</summary>
    public long? FirstTokenAtMs { get; private set; }

    /// <summary>The message of a turn that is not stored yet, or null.</summary>
    public MessageStep? Unrecorded { get; set; }

    /// <summary>What was used of a turn that broke off.</summary>
    public RunUsage UnrecordedUsage { get; set; }

    /// <summary>The step that is open, or null.</summary>
    public OpenStep? Open { get; set; }

    /// <summary>Steps of a turn that was interrupted: asked again, the model continues them or they go.</summary>
    public List<OpenStep> Interrupted { get; } = [];

    /// <summary>Now, in Unix milliseconds.</summary>
    public long NowMs => time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>When the run expires.</summary>
    public DateTimeOffset Deadline => DateTimeOffset.FromUnixTimeMilliseconds(Run.ExpiresAtMs);

    /// <summary>Counts what ended steps, of an earlier worker too, have taken over of the run's usage.</summary>
    public void Assign(RunUsage usage) => _assigned += usage;

    /// <summary>What the run has used since the last step ended.</summary>
    public RunUsage TakeUsage()
    {
        var usage = RunUsage.Of(Run) - _assigned;
        _assigned += usage;
        return usage;
    }

    /// <summary>The model is asked for a turn, perhaps again.</summary>
    public void Asks() => (AskedAtMs, FirstTokenAtMs) = (NowMs, null);

    /// <summary>Something of the turn has come.</summary>
    public void Hears() => FirstTokenAtMs ??= NowMs;

    /// <summary>Takes over what the stored turns have used: an earlier worker may not have come to say it.</summary>
    public void Recount(RunUsage usage)
    {
        Run.PromptTokens = usage.Prompt;
        Run.CompletionTokens = usage.Completion;
        Run.CachedTokens = usage.Cached;
        Run.ReasoningTokens = usage.Reasoning;
    }

    /// <summary>Counts a turn of the model.</summary>
    public void Count(RunUsage usage)
    {
        Run.PromptTokens += usage.Prompt;
        Run.CompletionTokens += usage.Completion;
        Run.CachedTokens += usage.Cached;
        Run.ReasoningTokens += usage.Reasoning;
    }

    /// <summary>A picture was displayed: the next message shows it.</summary>
    public void AddImage(string fileId) => _images.Add(fileId);

    /// <summary>Whether pictures wait for a message.</summary>
    public bool HasImages => _images.Count > 0;

    /// <summary>The pictures that were displayed since the last message.</summary>
    public IReadOnlyList<string> TakeImages()
    {
        string[] images = [.. _images];
        _images.Clear();
        return images;
    }

    /// <summary>Keeps a change for the next commit.</summary>
    public void Stage(JournalChange change) => _changes.Add(change);

    /// <summary>Keeps changes for the next commit.</summary>
    public void Stage(IReadOnlyList<JournalChange> changes) => _changes.AddRange(changes);

    /// <summary>Keeps an event until the next commit.</summary>
    public void Stage(string name, Action<Utf8JsonWriter> write)
    {
        if (Stream.HasListeners)
        {
            _events.Add(new RunEvent(name, WireJson.Bytes(write)));
        }
    }

    /// <summary>Shows staged events before their changes are stored, where the order of a stream demands it.</summary>
    public void PublishStaged()
    {
        foreach (var item in _events)
        {
            Stream.Publish(item);
        }

        _events.Clear();
    }

    /// <summary>Stores what is staged, then shows it.</summary>
    public async Task CommitAsync()
    {
        JournalChange[] changes = [.. _changes];
        _changes.Clear();
        if (changes.Length > 0)
        {
            await Journal.CommitAsync(changes, null);
        }

        PublishStaged();
    }

    /// <summary>Moves the run to another status and stores that with all that is staged; then shows it.</summary>
    /// <exception cref="CancelRequestedException">What was staged is stored; the run has to be cancelled instead.</exception>
    public async Task MoveAsync(string status)
    {
        var from = Run.Status;
        if (!RunStatuses.Allows(from, status))
        {
            throw new InvalidOperationException($"A run does not go from '{from}' to '{status}'.");
        }

        Run.Status = status;
        if (RunStatuses.Terminal.Contains(status) || status == RunStatuses.RequiresAction)
        {
            Run.LeaseOwner = null;
        }

        JournalChange[] changes = [.. _changes];
        _changes.Clear();
        try
        {
            await Journal.CommitAsync(changes, RunPatch.Of(Run));
        }
        catch (CancelRequestedException)
        {
            Run.Status = from;
            Run.CompletedAtMs = null;
            Run.RequiredAction = null;
            Run.IncompleteReason = null;
            PublishStaged();
            throw;
        }

        PublishStaged();
        Stream.Publish(RunEventNames.Run(status), writer => RunJson.Write(writer, Run));
    }

    /// <summary>Drops what is staged and cannot be stored any more.</summary>
    public void Unstage()
    {
        _changes.Clear();
        _events.Clear();
    }
}
