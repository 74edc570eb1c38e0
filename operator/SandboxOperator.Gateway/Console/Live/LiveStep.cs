using System.Text.Json;
using SandboxOperator.Gateway.Console.Runs;
using SandboxOperator.Gateway.Console.Text;

namespace SandboxOperator.Gateway.Console.Live;

/// <summary>The step that is being made: what its deltas have said so far.</summary>
internal sealed class LiveStep(string id, bool isMessage)
{
    private readonly LongText _text = new();
    private readonly List<(LongText? Logs, string? Picture)> _outputs = [];
    private readonly List<(LongText Name, LongText Arguments)> _functions = [];

    /// <summary>The id of the timeline's item.</summary>
    public string ItemId { get; } = "item-" + id;

    /// <summary>Begins where the store already knows something of the step.</summary>
    public static LiveStep From(TimelineItem item)
    {
        var step = new LiveStep(item.Id["item-".Length..], item is MessageItem);
        switch (item)
        {
            case MessageItem message:
                step._text.Append(message.Text);
                break;
            case CallItem call:
                step._text.Append(call.Code);
                break;
        }

        return step;
    }

    /// <summary>Takes the <c>step_details</c> of a delta.</summary>
    public void AddStep(JsonElement details)
    {
        foreach (var call in StepDetails.ToolCalls(details))
        {
            if (StepDetails.Interpreter(call) is { } interpreter)
            {
                AddInterpreter(interpreter);
            }
            else if (call.TryGetProperty("function", out var function))
            {
                AddFunction(call.GetProperty("index").GetInt32(), function);
            }
        }
    }

    /// <summary>Takes the <c>content</c> of a message's delta. Its pictures are those that calls have shown above.</summary>
    public void AddMessage(JsonElement content)
    {
        foreach (var part in content.EnumerateArray())
        {
            if (part.TryGetProperty("text", out var text) && text.TryGetProperty("value", out var value))
            {
                _text.Append(value.GetString());
            }
            else if (part.TryGetProperty("refusal", out var refusal))
            {
                _text.Append(refusal.GetString());
            }
        }
    }

    /// <summary>The timeline's item as it stands.</summary>
    /// <param name="number">The number of the call, if it is one.</param>
    public TimelineItem Item(int number)
    {
        if (isMessage)
        {
            return new MessageItem(ItemId, HiddenCharacters.Show(_text.Show().Text!), [], [], null) { IsOpen = true };
        }

        if (_functions.Count > 0)
        {
            return new FunctionsItem(
                ItemId,
                [.. _functions.Select(call => (Shown(call.Name), Shown(call.Arguments), (string?)null))]
            )
            {
                IsOpen = true,
            };
        }

        return new CallItem(
            ItemId,
            number,
            _text.Show().Text!,
            [.. _outputs.Select(output => output.Logs?.Show() ?? new CallOutput(null, output.Picture, 0))],
            null
        )
        {
            IsOpen = true,
        };
    }

    private static string Shown(LongText text) => HiddenCharacters.Show(text.Show().Text!);

    private void AddInterpreter(JsonElement interpreter)
    {
        if (interpreter.TryGetProperty("input", out var input))
        {
            _text.Append(input.GetString());
        }

        if (!interpreter.TryGetProperty("outputs", out var outputs))
        {
            return;
        }

        foreach (var output in outputs.EnumerateArray())
        {
            if (output.TryGetProperty("image", out var image))
            {
                _outputs.Add((null, image.GetProperty("file_id").GetString()));
            }
            else if (output.TryGetProperty("logs", out var logs))
            {
                if (_outputs.Count == 0 || _outputs[^1].Logs is null)
                {
                    _outputs.Add((new LongText(), null));
                }

                _outputs[^1].Logs!.Append(logs.GetString());
            }
        }
    }

    private void AddFunction(int index, JsonElement function)
    {
        while (_functions.Count <= index)
        {
            _functions.Add((new LongText(), new LongText()));
        }

        var (name, arguments) = _functions[index];
        name.Append(function.TryGetProperty("name", out var named) ? named.GetString() : null);
        arguments.Append(function.TryGetProperty("arguments", out var added) ? added.GetString() : null);
    }
}
