using System.Text;
using System.Text.Json;
using SandboxOperator.Gateway.Store.Entities;

namespace SandboxOperator.Gateway.RunLoop.Steps;

/// <summary>The step of one call of the code interpreter: the code as the model writes it, then what it gives.</summary>
internal sealed class PythonStep(RunScope scope, RunStepEntity row, string callId) : OpenStep(scope, row)
{
    private readonly StringBuilder _code = new();
    private readonly List<PythonOutput> _outputs = [];
    private bool _announced;

    public string CallId { get; } = callId;

    /// <summary>The pictures among the outputs.</summary>
    public IEnumerable<string> Images =>
        _outputs.Where(output => output.ImageFileId is not null).Select(output => output.ImageFileId!);

    /// <summary>Begins with the code of an earlier process, which listeners have not seen.</summary>
    public void Restore(string code)
    {
        _code.Clear().Append(code);
        _announced = true;
    }

    /// <summary>Adds a piece of code.</summary>
    public void Code(string piece)
    {
        if (!_announced)
        {
            _announced = true;
            Call(writer =>
            {
                writer.WriteString("id", CallId);
                writer.WriteString("type", "code_interpreter");
                writer.WriteStartObject("code_interpreter");
                writer.WriteString("input", "");
                writer.WriteStartArray("outputs");
                writer.WriteEndArray();
                writer.WriteEndObject();
            });
        }

        if (piece.Length == 0)
        {
            return;
        }

        _code.Append(piece);
        Interpreter(writer => writer.WriteString("input", piece));
    }

    /// <summary>Adds a piece of output text; neighbouring pieces are one output.</summary>
    public void Logs(string piece)
    {
        if (piece.Length == 0)
        {
            return;
        }

        if (_outputs.Count == 0 || _outputs[^1].Logs is null)
        {
            _outputs.Add(new PythonOutput(new StringBuilder(), null));
        }

        _outputs[^1].Logs!.Append(piece);
        Output(new PythonOutput(new StringBuilder(piece), null));
    }

    /// <summary>Adds a picture.</summary>
    public void Image(string fileId)
    {
        var output = new PythonOutput(null, fileId);
        _outputs.Add(output);
        Output(output);
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
        writer.WriteStartObject();
        writer.WriteString("id", CallId);
        writer.WriteString("type", "code_interpreter");
        writer.WriteStartObject("code_interpreter");
        writer.WriteString("input", _code.ToString());
        writer.WriteStartArray("outputs");
        foreach (var output in _outputs)
        {
            writer.WriteStartObject();
            output.WriteMembers(writer);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private void Output(PythonOutput piece) =>
        Interpreter(writer =>
        {
            writer.WriteStartArray("outputs");
            writer.WriteStartObject();
            writer.WriteNumber("index", _outputs.Count - 1);
            piece.WriteMembers(writer);
            writer.WriteEndObject();
            writer.WriteEndArray();
        });

    private void Interpreter(Action<Utf8JsonWriter> write) =>
        Call(writer =>
        {
            writer.WriteString("type", "code_interpreter");
            writer.WriteStartObject("code_interpreter");
            write(writer);
            writer.WriteEndObject();
        });

    private void Call(Action<Utf8JsonWriter> write) =>
        Delta(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("type", "tool_calls");
            writer.WriteStartArray("tool_calls");
            writer.WriteStartObject();
            writer.WriteNumber("index", 0);
            write(writer);
            writer.WriteEndObject();
            writer.WriteEndArray();
            writer.WriteEndObject();
        });
}
