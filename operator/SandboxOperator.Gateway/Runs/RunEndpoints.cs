using Microsoft.EntityFrameworkCore;
using SandboxOperator.Gateway.Http;
using SandboxOperator.Gateway.Models;
using SandboxOperator.Gateway.RunLoop;
using SandboxOperator.Gateway.Store;
using SandboxOperator.Gateway.Store.Entities;
using SandboxOperator.Gateway.Streaming;
using SandboxOperator.Gateway.Telemetry;
using SandboxOperator.Gateway.Threads;

namespace SandboxOperator.Gateway.Runs;

internal static class RunEndpoints
{
    public static void MapRuns(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/threads/runs", CreateWithThreadAsync);
        routes.MapPost("/v1/threads/{threadId}/runs", CreateAsync);
        routes.MapGet("/v1/threads/{threadId}/runs", ListAsync);
        routes.MapGet("/v1/threads/{threadId}/runs/{id}", GetAsync);
        routes.MapPost("/v1/threads/{threadId}/runs/{id}", UpdateAsync);
        routes.MapPost("/v1/threads/{threadId}/runs/{id}/cancel", CancelAsync);
        routes.MapPost("/v1/threads/{threadId}/runs/{id}/submit_tool_outputs", SubmitAsync);
        routes.MapGet("/v1/threads/{threadId}/runs/{runId}/steps", ListStepsAsync);
        routes.MapGet("/v1/threads/{threadId}/runs/{runId}/steps/{id}", GetStepAsync);
    }

    private static async Task<IResult> CreateAsync(
        string threadId,
        HttpRequest request,
        JsonBody body,
        Caller caller,
        RunStarter starter,
        RunDispatcher dispatcher,
        IModelCatalog catalog,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var draft = RunDraft.Read(body.Root, catalog);
        var started = await starter.StartAsync(caller, threadId, draft, TraceParents.Of(request), cancellationToken);
        return Begin(started, draft.Stream, dispatcher, time);
    }

    private static async Task<IResult> CreateWithThreadAsync(
        HttpRequest request,
        JsonBody body,
        Caller caller,
        RunStarter starter,
        RunDispatcher dispatcher,
        IModelCatalog catalog,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var draft = RunDraft.ReadWithThread(body.Root, catalog);
        var started = await starter.StartAsync(caller, null, draft, TraceParents.Of(request), cancellationToken);
        return Begin(started, draft.Stream, dispatcher, time);
    }

    /// <summary>Listeners join before the run begins, so that they miss nothing.</summary>
    private static IResult Begin(StartedRun started, bool stream, RunDispatcher dispatcher, TimeProvider time)
    {
        var (run, thread, active) = started;
        // The answer shows the run as it was stored, whatever becomes of it meanwhile.
        var answer = new RunAnswer(RunCopy.Of(run));
        var listener = stream ? active.Stream.Listen() : null;
        if (thread is not null)
        {
            active.Stream.Publish(RunEventNames.ThreadCreated, writer => ThreadJson.Write(writer, thread));
        }

        active.Stream.Publish(RunEventNames.RunCreated, writer => RunJson.Write(writer, run));
        active.Stream.Publish(RunEventNames.Run(RunStatuses.Queued), writer => RunJson.Write(writer, run));
        dispatcher.Dispatch(active, run);
        return listener is null ? answer : new RunStreamAnswer(listener, time);
    }

    private static async Task<IResult> ListAsync(
        string threadId,
        HttpRequest request,
        Caller caller,
        IStore store,
        CancellationToken cancellationToken
    )
    {
        var list = ListQuery.Read(request);
        var page = await store.ReadAsync(
            async (context, cancellation) =>
            {
                await ThreadRows.FindAsync(context, caller.Project, threadId, cancellation);
                return await context.Runs.Where(run => run.ThreadId == threadId).PageAsync(list, cancellation);
            },
            cancellationToken
        );
        return JsonAnswer.List(page, RunJson.Write);
    }

    private static async Task<IResult> GetAsync(
        string threadId,
        string id,
        Caller caller,
        IStore store,
        CancellationToken cancellationToken
    ) =>
        new RunAnswer(
            await store.ReadAsync(
                (context, cancellation) => RunRows.FindAsync(context, caller.Project, threadId, id, cancellation),
                cancellationToken
            )
        );

    private static async Task<IResult> UpdateAsync(
        string threadId,
        string id,
        JsonBody body,
        Caller caller,
        IStore store,
        CancellationToken cancellationToken
    )
    {
        var metadata = Metadata.Read(body.Root);
        body.Root.End();
        return new RunAnswer(
            await store.WriteAsync(
                async (context, cancellation) =>
                {
                    var run = await RunRows.FindAsync(context, caller.Project, threadId, id, cancellation);
                    run.Metadata = metadata ?? run.Metadata;
                    await context.SaveChangesAsync(cancellation);
                    return run;
                },
                cancellationToken
            )
        );
    }

    private static async Task<IResult> CancelAsync(
        string threadId,
        string id,
        JsonBody body,
        Caller caller,
        RunCanceller canceller,
        CancellationToken cancellationToken
    )
    {
        body.Root.End();
        return new RunAnswer(await canceller.CancelAsync(caller, threadId, id, cancellationToken));
    }

    private static async Task<IResult> SubmitAsync(
        string threadId,
        string id,
        JsonBody body,
        Caller caller,
        ToolOutputs outputs,
        CancellationToken cancellationToken
    )
    {
        var draft = ToolOutputsDraft.Read(body.Root);
        return await outputs.SubmitAsync(caller, threadId, id, draft, cancellationToken);
    }

    private static async Task<IResult> ListStepsAsync(
        string threadId,
        string runId,
        HttpRequest request,
        Caller caller,
        IStore store,
        CancellationToken cancellationToken
    )
    {
        var list = ListQuery.Read(request);
        var page = await store.ReadAsync(
            async (context, cancellation) =>
            {
                await RunRows.FindAsync(context, caller.Project, threadId, runId, cancellation);
                return await context.RunSteps.Where(step => step.RunId == runId).PageAsync(list, cancellation);
            },
            cancellationToken
        );
        return JsonAnswer.List(page, StepJson.Write);
    }

    private static async Task<IResult> GetStepAsync(
        string threadId,
        string runId,
        string id,
        Caller caller,
        IStore store,
        CancellationToken cancellationToken
    )
    {
        var step = await store.ReadAsync(
            async (context, cancellation) =>
            {
                await RunRows.FindAsync(context, caller.Project, threadId, runId, cancellation);
                return await context.RunSteps.FirstOrDefaultAsync(
                        row => row.Id == id && row.RunId == runId,
                        cancellation
                    ) ?? throw ApiErrors.NotFound("run step", id);
            },
            cancellationToken
        );
        return new JsonAnswer(writer => StepJson.Write(writer, step));
    }
}
