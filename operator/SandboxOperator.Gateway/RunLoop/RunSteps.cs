using SandboxOperator.Gateway.RunLoop.Steps;
using SandboxOperator.Gateway.Store;
using SandboxOperator.Gateway.Store.Entities;

namespace SandboxOperator.Gateway.RunLoop;

/// <summary>
/// Opens and closes the steps of a run. A step that an interrupted turn left open is used again, so that its id, and
/// that of its message, stay what clients have seen.
/// </summary>
internal sealed class RunSteps(RunScope scope)
{
    internal const string MessageCreation = "message_creation";
    private const string ToolCalls = "tool_calls";

    /// <summary>Opens the step of a message.</summary>
    public MessageStep OpenMessage()
    {
        var reused = scope.Interrupted.OfType<MessageStep>().FirstOrDefault();
        if (reused is not null)
        {
            scope.Interrupted.Remove(reused);
        }

        return Open(reused ?? new MessageStep(scope, NewRow(MessageCreation), NewMessage()), reused is not null);
    }

    /// <summary>Opens the step of a Python call.</summary>
    public PythonStep OpenPython(string callId)
    {
        var row = Reuse();
        return Open(new PythonStep(scope, row ?? NewRow(ToolCalls), callId), row is not null);
    }

    /// <summary>Opens the step of the function calls of a turn.</summary>
    public FunctionStep OpenFunctions()
    {
        var row = Reuse();
        return Open(new FunctionStep(scope, row ?? NewRow(ToolCalls)), row is not null);
    }

    /// <summary>Stages the end of the step that is open, if any.</summary>
    public void Close(string status, string? errorCode = null, string? errorMessage = null)
    {
        scope.Open?.Close(status, errorCode, errorMessage);
        scope.Open = null;
    }

    /// <summary>Stages the end of all that is open, what an earlier worker left too.</summary>
    public void CloseAll(string status, string? errorCode = null, string? errorMessage = null)
    {
        Close(status, errorCode, errorMessage);
        foreach (var step in scope.Interrupted)
        {
            step.Close(status, errorCode, errorMessage);
        }

        scope.Interrupted.Clear();
    }

    /// <summary>Stages the removal of what the model, asked again, did not make.</summary>
    public void DiscardInterrupted()
    {
        foreach (var step in scope.Interrupted)
        {
            step.Discard();
        }

        scope.Interrupted.Clear();
    }

    private T Open<T>(T step, bool stored)
        where T : OpenStep
    {
        if (scope.Open is not null)
        {
            throw new InvalidOperationException($"The step '{scope.Open.Row.Id}' is still open.");
        }

        scope.Open = step;
        step.Open(stored);
        return step;
    }

    private RunStepEntity? Reuse()
    {
        var step = scope.Interrupted.OfType<StoredStep>().FirstOrDefault();
        if (step is null)
        {
            return null;
        }

        scope.Interrupted.Remove(step);
        return step.Row;
    }

    private RunStepEntity NewRow(string type) =>
        new()
        {
            Id = Ids.RunStep(),
            Project = scope.Run.Project,
            ThreadId = scope.Run.ThreadId,
            RunId = scope.Run.Id,
            AssistantId = scope.Run.AssistantId,
            CreatedAtMs = scope.NowMs,
            Type = type,
            Details = "{}",
        };

    private MessageEntity NewMessage() =>
        new()
        {
            Id = Ids.Message(),
            Project = scope.Run.Project,
            ThreadId = scope.Run.ThreadId,
            CreatedAtMs = scope.NowMs,
            Role = "assistant",
            AssistantId = scope.Run.AssistantId,
            RunId = scope.Run.Id,
            Status = MessageStatuses.InProgress,
        };
}
