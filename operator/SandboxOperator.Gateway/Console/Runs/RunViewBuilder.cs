using System.Text.Json;
using SandboxOperator.Gateway.Console.Charts;
using SandboxOperator.Gateway.Console.Text;
using SandboxOperator.Gateway.Store.Entities;

namespace SandboxOperator.Gateway.Console.Runs;

/// <summary>Makes the page of a run of what the store knows.</summary>
internal static class RunViewBuilder
{
    public static RunView Build(RunRows rows, long nowMs)
    {
        var items = new List<TimelineItem>();
        items.AddRange(rows.Prompts.Select(message => Prompt(rows, message)));
        CallItem? previous = null;
        var number = 0;
        foreach (var step in rows.Steps)
        {
            var item = Item(rows, step, previous, ref number);
            previous = item as CallItem ?? previous;
            items.Add(item);
        }

        var run = rows.Run;
        var row = Row(rows, items.OfType<CallItem>().ToList());
        return new RunView(row, items, Chart(rows, items, row.DurationMs(nowMs) ?? LastKnown(rows)), Files(items))
        {
            Error = run.LastErrorCode is { } code ? (code, run.LastErrorMessage ?? "") : null,
            IncompleteReason = run.IncompleteReason,
            Instructions = string.IsNullOrWhiteSpace(run.Instructions) ? null : run.Instructions,
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
        );

    private static PromptItem Prompt(RunRows rows, MessageEntity message) =>
        new(
            "item-" + message.Id,
            HiddenCharacters.Show(MessageText.Of(message.Content)),
            Known(rows, MessageText.Attached(message.Attachments)),
            MessageText.Pictures(message.Content)
        )
        {
            StartedAtMs = message.CreatedAtMs,
        };

    private static TimelineItem Item(RunRows rows, RunStepEntity step, CallItem? previous, ref int number)
    {
        using var document = JsonDocument.Parse(step.Details);
        var details = document.RootElement;
        var id = "item-" + step.Id;
        TimelineItem item;
        if (StepDetails.MessageId(details) is { } messageId)
        {
            item = Message(rows, id, rows.Answers.GetValueOrDefault(messageId));
        }
        else
        {
            var calls = StepDetails.ToolCalls(details);
            item =
                calls is [var only] && StepDetails.Interpreter(only) is { } interpreter
                    ? Call(rows, id, ++number, only, interpreter, previous)
                    : Functions(id, calls);
        }

        return item with
        {
            StartedAtMs = step.CreatedAtMs,
            DurationMs = item.DurationMs ?? EndOf(step) - step.CreatedAtMs,
            Tokens = ReadTokens(step.Usage),
            IsOpen = step.Status == RunLoop.StepStatuses.InProgress,
        };
    }

    private static MessageItem Message(RunRows rows, string id, MessageEntity? message) =>
        message is null
            ? new MessageItem(id, "", [], [], "The message has been deleted.")
            : new MessageItem(
                id,
                HiddenCharacters.Show(MessageText.Of(message.Content)),
                Known(rows, MessageText.LinkedFiles(message.Content)),
                MessageText.Pictures(message.Content),
                message.IncompleteReason
            );

    private static CallItem Call(
        RunRows rows,
        string id,
        int number,
        JsonElement call,
        JsonElement interpreter,
        CallItem? previous
    )
    {
        var code = interpreter.GetProperty("input").GetString() ?? "";
        var record = rows.Calls.GetValueOrDefault(call.GetProperty("id").GetString() ?? "");
        return new CallItem(id, number, code, StepDetails.Outputs(interpreter), record?.Status)
        {
            DurationMs = record?.EndedAtMs - record?.CreatedAtMs,
            Correction = previous is { Failed: true } ? CodeDiff.Compare(previous.Code, code) : null,
            Corrects = previous is { Failed: true } ? previous.Number : null,
        };
    }

    private static FunctionsItem Functions(string id, IReadOnlyList<JsonElement> calls) =>
        new(
            id,
            [
                .. calls
                    .Where(call => call.TryGetProperty("function", out _))
                    .Select(call => call.GetProperty("function"))
                    .Select(function =>
                        (
                            function.GetProperty("name").GetString() ?? "",
                            HiddenCharacters.Show(function.GetProperty("arguments").GetString() ?? ""),
                            function.GetProperty("output").GetString() is { } output
                                ? HiddenCharacters.Show(output)
                                : null
                        )
                    ),
            ]
        );

    private static IReadOnlyList<ShownFile> Known(RunRows rows, IReadOnlyList<string> ids) =>
        [.. ids.Select(id => rows.Files.GetValueOrDefault(id) ?? new ShownFile(id, id, null))];

    private static IReadOnlyList<ShownFile> Files(IReadOnlyList<TimelineItem> items) =>
        [
            .. items
                .SelectMany(item =>
                    item switch
                    {
                        MessageItem message => message.Files,
                        CallItem call => call.Files,
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

    private static long? EndOf(RunStepEntity step) =>
        step.CompletedAtMs ?? step.FailedAtMs ?? step.CancelledAtMs ?? step.ExpiredAtMs;

    /// <summary>How long a run took of which nobody noted the end.</summary>
    private static long LastKnown(RunRows rows) =>
        rows.Steps.Select(EndOf).Append(rows.Run.CreatedAtMs).Max().GetValueOrDefault() - rows.Run.CreatedAtMs;

    private static Waterfall Chart(RunRows rows, List<TimelineItem> items, long totalMs)
    {
        var run = rows.Run;
        var bars = new List<WaterfallBar>();
        if (run.StartedAtMs is { } started)
        {
            bars.Add(new WaterfallBar("Waiting to start", "queue", 0, started - run.CreatedAtMs, []));
        }

        var before = run.StartedAtMs ?? run.CreatedAtMs;
        var calls = rows.Calls.Values.OrderBy(call => call.CreatedAtMs).ToList();
        foreach (var turn in rows.Turns)
        {
            // A model call begins when the calls of the turn before have ended.
            var start = calls
                .Where(call => call.EndedAtMs <= turn.CreatedAtMs)
                .Select(call => call.EndedAtMs!.Value)
                .Append(before)
                .Max();
            bars.Add(
                new WaterfallBar(
                    $"Model, turn {turn.Index + 1}",
                    "model",
                    start - run.CreatedAtMs,
                    turn.CreatedAtMs - start,
                    []
                )
            );
            before = turn.CreatedAtMs;
        }

        var number = items
            .OfType<CallItem>()
            .ToDictionary(call => call.Id, call => call.Number, StringComparer.Ordinal);
        foreach (var call in calls)
        {
            var end = call.EndedAtMs ?? run.CreatedAtMs + totalMs;
            var label = number.TryGetValue("item-" + call.StepId, out var found) ? $"Call {found}" : "Call";
            bars.Add(
                new WaterfallBar(
                    label,
                    call.Status is null or Api.Agent.CallStatuses.Ok ? "call" : "failed",
                    call.CreatedAtMs - run.CreatedAtMs,
                    end - call.CreatedAtMs,
                    []
                )
            );
        }

        return Waterfall.Of(totalMs, bars);
    }
}
