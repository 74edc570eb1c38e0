using System.Text.Json;
using SandboxOperator.Gateway.Store.Entities;

namespace SandboxOperator.Gateway.RunLoop.Steps;

/// <summary>A step of tool calls that an earlier worker left open: it keeps its details and can only end.</summary>
internal sealed class StoredStep(RunScope scope, RunStepEntity row) : OpenStep(scope, row)
{
    private readonly string _details = row.Details;

    protected override void WriteDetails(Utf8JsonWriter writer) =>
        writer.WriteRawValue(_details, skipInputValidation: true);
}
