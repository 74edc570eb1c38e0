using System.Text.Json;
using SandboxOperator.Gateway.Console.Charts;
using SandboxOperator.Gateway.Console.Text;
using SandboxOperator.Gateway.Store.Entities;

namespace SandboxOperator.Gateway.Console.Runs;

/// <summary>Makes the page of a run of what the store knows.</summary>
internal static class RunViewBuilder
{
    /// <summary>A sandbox that took no longer was there already.</summary>
    private const double NoticedMs = 5;

    public static RunView Build(RunRows rows, long nowMs)
    {
        var items = new List<TimelineItem>();
        items.AddRange(rows.Prompts.Select(message => Prompt(rows, message)));
        CallItem? previous = null;
        var number = 0;
        var shown = new HashSet<string>(StringComparer.Ordinal);
        foreach (var step in rows.Steps)
        {
            var item = Item(rows, step, previous, shown, ref number);
            if (item is CallItem call)
            {
                previous = call;
                shown.UnionWith(call.Outputs.Select(output => output.PictureId).OfType<string>());
            }

            items.Add(item);
        }

        var run = rows.Run;
        var row = Row(rows, items.OfType<CallItem>().ToList());
        var chart = RunWaterfall.Of(rows, row.DurationMs(nowMs) ?? LastKnown(rows));
        return new RunView(row, items, chart, Files(items))
        {
            TraceId = run.TraceId,
            UpstreamModel = rows.Turns.Select(turn => turn.Model).LastOrDefault(model => model is not null),
            Error = run.LastErrorCode is { } code ? (code, run.LastErrorMessage ?? "") : null,
            IncompleteReason = run.IncompleteReason,
            Instructions = string.IsNullOrWhiteSpace(run.Instructions)
                ? null
                : CallOutput.OfText(run.Instructions).Text,
            Tokens = new TokenCount(run.PromptTokens, run.CompletionTokens),
            CachedTokens = run.CachedTokens,
            ReasoningTokens = run.ReasoningTokens,
        };
    }

    private static RunRow Row(RunRows rows, List<CallItem> calls) =>
        new(
            rows.Run.Seq,
            rows.Run.Id,
            rows.Run.Project,
            rows.Run.ThreadId,
            rows.Run.AssistantId,
            rows.AssistantName,
            rows.Run.Model,
            rows.Run.Status,
            rows.Prompts.Count > 0 ? MessageText.Of(rows.Prompts[^1].Content) : "",
            rows.Run.CreatedAtMs,
            RunReader.EndOf(rows.Run),
            calls.Count,
            calls.Count(call => call.Failed),
            rows.Run.PromptTokens + rows.Run.CompletionTokens
        )
        {
            SessionNanos = rows.Run.SessionNanos,
            TokenNanos = rows.Run.TokenNanos,
        };

    private static PromptItem Prompt(RunRows rows, ShownMessage message) =>
        new(
            "item-" + message.Id,
            MessageText.Of(message.Content),
            Known(rows, MessageText.Attached(message.Attachments)),
            MessageText.Pictures(message.Content)
        )
        {
            StartedAtMs = message.CreatedAtMs,
        };

    private static TimelineItem Item(
        RunRows rows,
        ShownStep step,
        CallItem? previous,
        HashSet<string> shown,
        ref int number
    )
    {
        var id = "item-" + step.Id;
        TimelineItem item = step switch
        {
            { MessageId: { } message } => Message(rows, id, rows.Answers.GetValueOrDefault(message), shown),
            { Python: { } python } => Call(rows, id, ++number, python, previous),
            _ => new FunctionsItem(id, step.Functions),
        };
        var tokens = ReadTokens(step.Usage);
        return item with
        {
            StartedAtMs = step.CreatedAtMs,
            DurationMs = item.DurationMs ?? step.EndedAtMs - step.CreatedAtMs,
            Tokens = tokens,
            TokenCost = tokens is null ? null : CostOf(rows, TurnOf(rows, step)),
            IsOpen = step.IsOpen,
        };
    }

    /// <summary>The turn of the model that made a step. Of what has no record of it, time tells it.</summary>
    private static int? TurnOf(RunRows rows, ShownStep step)
    {
        var recorded = step switch
        {
            { MessageId: { } message } => rows.Turns.FirstOrDefault(row => row.MessageId == message)?.Index,
            { Python.CallId: { } call } => rows.Calls.GetValueOrDefault(call)?.TurnIndex,
            _ => null,
        };
        return recorded ?? rows.Turns.LastOrDefault(row => row.StartedAtMs <= step.CreatedAtMs)?.Index;
    }

    private static string? CostOf(RunRows rows, int? turn) =>
        turn is not { } index || !rows.TurnNanos.TryGetValue(index, out var nanos) ? null
        : nanos is { } known ? Format.Dollars(known)
        : "no price";

    /// <summary>A message; pictures that a call has shown above are not shown again.</summary>
    private static MessageItem Message(RunRows rows, string id, ShownMessage? message, HashSet<string> shown) =>
        message is null
            ? new MessageItem(id, "", [], [], "The message has been deleted.")
            : new MessageItem(
                id,
                MessageText.Of(message.Content),
                Known(rows, MessageText.LinkedFiles(message.Content)),
                [.. MessageText.Pictures(message.Content).Where(picture => !shown.Contains(picture))],
                message.IncompleteReason
            );

    private static CallItem Call(RunRows rows, string id, int number, ShownPython python, CallItem? previous)
    {
        var code = python.Code;
        var record = rows.Calls.GetValueOrDefault(python.CallId);
        var shown = python.Outputs.Select(output => output.PictureId).ToHashSet(StringComparer.Ordinal);
        return new CallItem(id, number, code, python.Outputs, record?.Status)
        {
            DurationMs = record?.EndedAtMs - record?.CreatedAtMs,
            Launch = record?.ClaimMs + record?.ConnectMs >= NoticedMs ? record?.Launch : null,
            Files = record is null ? [] : [.. Written(record.Files).Where(file => !shown.Contains(file.Id))],
            Correction = previous is { Failed: true } ? CodeDiff.Compare(previous.Code, code) : null,
            Corrects = previous is { Failed: true } ? previous.Number : null,
        };
    }

    /// <summary>The files that a call made; those that no answer showed or linked cannot be downloaded.</summary>
    private static IEnumerable<ShownFile> Written(string filesJson)
    {
        using var document = JsonDocument.Parse(JsonBeginning.Close(filesJson, out _));
        return
        [
            .. document
                .RootElement.EnumerateArray()
                .Where(file => file.TryGetProperty("name", out _) && file.TryGetProperty("bytes", out _))
                .Select(file => new ShownFile(
                    file.TryGetProperty("id", out var id) ? id.GetString() ?? "" : "",
                    file.GetProperty("name").GetString() ?? "",
                    file.GetProperty("bytes").GetInt64()
                )),
        ];
    }

    private static IReadOnlyList<ShownFile> Known(RunRows rows, IReadOnlyList<string> ids) =>
        [.. ids.Select(id => rows.Files.GetValueOrDefault(id) ?? new ShownFile(id, id, null))];

    private static IReadOnlyList<ShownFile> Files(IReadOnlyList<TimelineItem> items) =>
        [
            .. items
                .SelectMany(item =>
                    item switch
                    {
                        MessageItem message => message.Files,
                        CallItem call => call.Files.Where(file => file.Id.Length > 0),
                        _ => [],
                    }
                )
                .DistinctBy(file => file.Id, StringComparer.Ordinal),
        ];

    private static TokenCount? ReadTokens(string? usageJson)
    {
        if (usageJson is null)
        {
            return null;
        }

        using var document = JsonDocument.Parse(usageJson);
        return
            document.RootElement.ValueKind == JsonValueKind.Object
            && document.RootElement.TryGetProperty("prompt_tokens", out var prompt)
            && document.RootElement.TryGetProperty("completion_tokens", out var completion)
            && prompt.GetInt64() + completion.GetInt64() > 0
            ? new TokenCount(prompt.GetInt64(), completion.GetInt64())
            : null;
    }

    /// <summary>How long a run took of which nobody noted the end.</summary>
    private static long LastKnown(RunRows rows) =>
        rows.Steps.Select(step => step.EndedAtMs).Append(rows.Run.CreatedAtMs).Max().GetValueOrDefault()
        - rows.Run.CreatedAtMs;
}
