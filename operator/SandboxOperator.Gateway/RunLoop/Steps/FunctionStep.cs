using System.Text;
using System.Text.Json;
using SandboxOperator.Gateway.Http;
using SandboxOperator.Gateway.Store.Entities;

namespace SandboxOperator.Gateway.RunLoop.Steps;

/// <summary>The step of all function calls of a turn, which the application answers.</summary>
internal sealed class FunctionStep(RunScope scope, RunStepEntity row) : OpenStep(scope, row)
{
    private readonly List<Call> _calls = [];

    /// <summary>How many calls there are.</summary>
    public int Count => _calls.Count;

    /// <summary>The <c>required_action</c> that asks for the outputs.</summary>
    public string RequiredAction() =>
        WireJson.Text(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("type", "submit_tool_outputs");
            writer.WriteStartObject("submit_tool_outputs");
            writer.WriteStartArray("tool_calls");
            foreach (var call in _calls)
            {
                writer.WriteStartObject();
                writer.WriteString("id", call.Id);
                writer.WriteString("type", "function");
                writer.WriteStartObject("function");
                writer.WriteString("name", call.Name);
                writer.WriteString("arguments", call.Arguments.ToString());
                writer.WriteEndObject();
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
            writer.WriteEndObject();
        });

    /// <summary>Begins the next call.</summary>
    public void Begin(string callId, string name)
    {
        _calls.Add(new Call(callId, name, new StringBuilder()));
        Delta(writer =>
            WriteDelta(
                writer,
                function =>
                {
                    function.WriteString("name", name);
                    function.WriteString("arguments", "");
                    function.WriteNull("output");
                },
                callId
            )
        );
    }

    /// <summary>Adds to the arguments of the call that began last.</summary>
    public void Arguments(string piece)
    {
        if (piece.Length == 0)
        {
            return;
        }

        _calls[^1].Arguments.Append(piece);
        Delta(writer => WriteDelta(writer, function => function.WriteString("arguments", piece)));
    }

    /// <summary>Arguments that were left empty mean an object without members; applications parse them as JSON.</summary>
    public void End()
    {
        if (_calls.Count > 0 && _calls[^1].Arguments.Length == 0)
        {
            Arguments("{}");
        }
    }

    /// <summary>What the arguments are once the turn is complete, should its pieces have come out of order.</summary>
    public void Settle(int index, string arguments)
    {
        if (arguments.Length > 0)
        {
            _calls[index].Arguments.Clear().Append(arguments);
        }
    }

    protected override void WriteFirstDetails(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("type", "tool_calls");
        writer.WriteStartArray("tool_calls");
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    protected override void WriteDetails(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("type", "tool_calls");
        writer.WriteStartArray("tool_calls");
        foreach (var call in _calls)
        {
            writer.WriteStartObject();
            writer.WriteString("id", call.Id);
            writer.WriteString("type", "function");
            writer.WriteStartObject("function");
            writer.WriteString("name", call.Name);
            writer.WriteString("arguments", call.Arguments.ToString());
            writer.WriteNull("output");
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private void WriteDelta(Utf8JsonWriter writer, Action<Utf8JsonWriter> writeFunction, string? callId = null)
    {
        writer.WriteStartObject();
        writer.WriteString("type", "tool_calls");
        writer.WriteStartArray("tool_calls");
        writer.WriteStartObject();
        writer.WriteNumber("index", _calls.Count - 1);
        if (callId is not null)
        {
            writer.WriteString("id", callId);
        }

        writer.WriteString("type", "function");
        writer.WriteStartObject("function");
        writeFunction(writer);
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private sealed record Call(string Id, string Name, StringBuilder Arguments);
}
