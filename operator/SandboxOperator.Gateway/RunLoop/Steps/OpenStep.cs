using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using SandboxOperator.Gateway.Http;
using SandboxOperator.Gateway.Runs;
using SandboxOperator.Gateway.Store.Entities;
using SandboxOperator.Gateway.Streaming;

namespace SandboxOperator.Gateway.RunLoop.Steps;

/// <summary>A step in the making: its row, and what listeners have seen of it. One is open at a time.</summary>
internal abstract class OpenStep(RunScope scope, RunStepEntity row)
{
    public RunStepEntity Row { get; } = row;

    protected RunScope Scope { get; } = scope;

    /// <summary>Shows the new step to listeners and stores it soon.</summary>
    /// <param name="stored">False when the row is new.</param>
    public virtual void Open(bool stored)
    {
        Row.Details = WireJson.Text(WriteDetails);
        if (!stored)
        {
            // All at once: a kill in between must not leave one row without the other.
            Scope.Journal.Post([.. NewRows(Copy(Row))]);
        }

        PublishStep(RunEventNames.StepCreated, WriteFirstDetails);
        PublishStep(RunEventNames.Step(StepStatuses.InProgress), WriteFirstDetails);
    }

    /// <summary>
    /// Stages the step's end; listeners hear of it after the commit. The step takes over what the run has used since
    /// the last one ended.
    /// </summary>
    public virtual void Close(string status, string? errorCode = null, string? errorMessage = null)
    {
        var now = Scope.NowMs;
        Row.Status = status;
        Row.CompletedAtMs = status == StepStatuses.Completed ? now : null;
        Row.CancelledAtMs = status == StepStatuses.Cancelled ? now : null;
        Row.ExpiredAtMs = status == StepStatuses.Expired ? now : null;
        Row.FailedAtMs = status == StepStatuses.Failed ? now : null;
        Row.LastErrorCode = errorCode;
        Row.LastErrorMessage = errorMessage;
        Row.Usage = Scope.TakeUsage().ToJson();
        Row.Details = WireJson.Text(WriteDetails);
        var end = Copy(Row);
        Scope.Stage(JournalChange.Do((context, cancellation) => UpdateAsync(context, end, cancellation)));
        Scope.Stage(RunEventNames.Step(status), writer => StepJson.Write(writer, end));
    }

    /// <summary>Stores the details that the step has now, still in progress.</summary>
    public void StageDetails()
    {
        var (id, details) = (Row.Id, WireJson.Text(WriteDetails));
        Row.Details = details;
        Scope.Stage(
            JournalChange.Do(
                (context, cancellation) =>
                    context
                        .RunSteps.Where(step => step.Id == id)
                        .ExecuteUpdateAsync(set => set.SetProperty(step => step.Details, details), cancellation)
            )
        );
    }

    /// <summary>Stages the removal of a step that the model, asked again, did not make.</summary>
    public virtual void Discard()
    {
        var id = Row.Id;
        Scope.Stage(
            JournalChange.Do(
                (context, cancellation) =>
                    context.RunSteps.Where(step => step.Id == id).ExecuteDeleteAsync(cancellation)
            )
        );
    }

    /// <summary>The rows that a new step comes with.</summary>
    protected virtual IEnumerable<JournalChange> NewRows(RunStepEntity step) => [JournalChange.Insert(step)];

    /// <summary>Writes <c>step_details</c> as it stands.</summary>
    protected abstract void WriteDetails(Utf8JsonWriter writer);

    /// <summary>Writes <c>step_details</c> as listeners see it first, before any delta.</summary>
    protected virtual void WriteFirstDetails(Utf8JsonWriter writer) => WriteDetails(writer);

    /// <summary>Sends a delta to listeners.</summary>
    protected void Delta(Action<Utf8JsonWriter> writeDetails) =>
        Scope.Stream.Publish(
            RunEventNames.StepDelta,
            writer =>
            {
                writer.WriteStartObject();
                writer.WriteString("id", Row.Id);
                writer.WriteString("object", "thread.run.step.delta");
                writer.WriteStartObject("delta");
                writer.WritePropertyName("step_details");
                writeDetails(writer);
                writer.WriteEndObject();
                writer.WriteEndObject();
            }
        );

    private static Task<int> UpdateAsync(
        Store.StoreContext context,
        RunStepEntity end,
        CancellationToken cancellationToken
    ) =>
        context
            .RunSteps.Where(step => step.Id == end.Id)
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(step => step.Status, end.Status)
                        .SetProperty(step => step.CompletedAtMs, end.CompletedAtMs)
                        .SetProperty(step => step.CancelledAtMs, end.CancelledAtMs)
                        .SetProperty(step => step.ExpiredAtMs, end.ExpiredAtMs)
                        .SetProperty(step => step.FailedAtMs, end.FailedAtMs)
                        .SetProperty(step => step.LastErrorCode, end.LastErrorCode)
                        .SetProperty(step => step.LastErrorMessage, end.LastErrorMessage)
                        .SetProperty(step => step.Usage, end.Usage)
                        .SetProperty(step => step.Details, end.Details),
                cancellationToken
            );

    private void PublishStep(string name, Action<Utf8JsonWriter> writeDetails)
    {
        if (!Scope.Stream.HasListeners)
        {
            return;
        }

        var shown = Copy(Row);
        shown.Details = WireJson.Text(writeDetails);
        Scope.Stream.Publish(name, writer => StepJson.Write(writer, shown));
    }

    private static RunStepEntity Copy(RunStepEntity row) =>
        new()
        {
            Id = row.Id,
            Project = row.Project,
            ThreadId = row.ThreadId,
            RunId = row.RunId,
            AssistantId = row.AssistantId,
            CreatedAtMs = row.CreatedAtMs,
            Type = row.Type,
            Status = row.Status,
            CancelledAtMs = row.CancelledAtMs,
            CompletedAtMs = row.CompletedAtMs,
            ExpiredAtMs = row.ExpiredAtMs,
            FailedAtMs = row.FailedAtMs,
            LastErrorCode = row.LastErrorCode,
            LastErrorMessage = row.LastErrorMessage,
            Details = row.Details,
            Usage = row.Usage,
        };
}
