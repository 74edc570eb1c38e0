using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SandboxOperator.Gateway.Http;
using SandboxOperator.Gateway.RunLoop;
using SandboxOperator.Gateway.Store;
using SandboxOperator.Gateway.Store.Entities;
using SandboxOperator.Gateway.Streaming;

namespace SandboxOperator.Gateway.Runs;

/// <summary>Takes the outputs of function calls, after which a run goes on.</summary>
internal sealed class ToolOutputs(
    IStore store,
    RunDispatcher dispatcher,
    RunLeases leases,
    IOptions<RunLoopOptions> options,
    TimeProvider time
)
{
    /// <summary>
    /// 1. All calls that the run waits for must be answered. 2. The outputs, the end of their step and the run's way
    /// back into the queue are stored together, with the lease. 3. The run is dispatched.
    /// </summary>
    /// <exception cref="ApiException">There is no such run, it does not wait, or calls are missing.</exception>
    public async Task<IResult> SubmitAsync(
        Caller caller,
        string threadId,
        string id,
        ToolOutputsDraft draft,
        CancellationToken cancellationToken
    )
    {
        var (run, step) = await store.WriteAsync(
            (context, cancellation) => StoreAsync(context, caller, threadId, id, draft, cancellation),
            cancellationToken
        );

        // 3. The worker that brought the run here may be on its way out still.
        await dispatcher.SettleAsync(id, CancellationToken.None);
        var answer = new RunAnswer(RunCopy.Of(run));
        var active = dispatcher.Hold(run, null);
        var listener = draft.Stream ? active.Stream.Listen() : null;
        active.Stream.Publish(RunEventNames.Step(StepStatuses.Completed), writer => StepJson.Write(writer, step));
        active.Stream.Publish(RunEventNames.Run(RunStatuses.Queued), writer => RunJson.Write(writer, run));
        dispatcher.Dispatch(active, run);
        return listener is null ? answer : new RunStreamAnswer(listener, time);
    }

    private async Task<(RunEntity Run, RunStepEntity Step)> StoreAsync(
        StoreContext context,
        Caller caller,
        string threadId,
        string id,
        ToolOutputsDraft draft,
        CancellationToken cancellationToken
    )
    {
        // 1.
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var run = await RunRows.FindAsync(context, caller.Project, threadId, id, cancellationToken);
        var status =
            run.ExpiresAtMs <= now && RunStatuses.Active.Contains(run.Status) ? RunStatuses.Expired : run.Status;
        if (status != RunStatuses.RequiresAction)
        {
            throw ApiErrors.Invalid($"Runs in status \"{status}\" do not accept tool outputs.");
        }

        Check(run, draft);

        // 2.
        var turn = await context
            .Turns.Where(row => row.RunId == id)
            .OrderBy(row => row.Index)
            .LastAsync(cancellationToken);
        var tools = new RunTools(JsonNode.Parse(run.Tools)!.AsArray());
        var calls = tools.CallsOf(JsonNode.Parse(turn.Message)!.AsObject(), id, turn.Index);
        foreach (var (callId, output) in draft.Outputs)
        {
            context.ToolResults.Add(
                new ToolResultEntity
                {
                    ThreadId = run.ThreadId,
                    RunId = id,
                    TurnSeq = turn.Seq,
                    ToolCallId = calls.First(call => call.Id == callId).UpstreamId,
                    Content = output,
                }
            );
        }

        var steps = await context.RunSteps.Where(row => row.RunId == id).ToListAsync(cancellationToken);
        var step = steps.Single(row => row.Status == StepStatuses.InProgress);
        var assigned = steps.Aggregate(default(RunUsage), (sum, row) => sum + RunUsage.Parse(row.Usage));
        step.Status = StepStatuses.Completed;
        step.CompletedAtMs = now;
        step.Usage = (RunUsage.Of(run) - assigned).ToJson();
        step.Details = WithOutputs(step.Details, draft);
        run.Status = RunStatuses.Queued;
        run.RequiredAction = null;
        run.LeaseOwner = leases.Owner;
        run.LeaseEpoch++;
        run.LeaseExpiresAtMs = now + (options.Value.LeaseSeconds * 1000L);
        await context.SaveChangesAsync(cancellationToken);
        return (run, step);
    }

    private static void Check(RunEntity run, ToolOutputsDraft draft)
    {
        var expected = (JsonNode.Parse(run.RequiredAction!)!["submit_tool_outputs"]!["tool_calls"]!.AsArray())
            .Select(call => (string)call!["id"]!)
            .ToList();
        var got = draft.Outputs.Select(output => output.CallId).ToList();
        if (got.Count != expected.Count || !expected.ToHashSet(StringComparer.Ordinal).SetEquals(got))
        {
            throw ApiErrors.Invalid($"Expected tool outputs for call_ids {List(expected)}, got {List(got)}");
        }
    }

    private static string List(IEnumerable<string> ids) =>
        $"[{string.Join(", ", ids.Take(20).Select(id => $"'{ApiErrors.Shorten(id)}'"))}]";

    private static string WithOutputs(string details, ToolOutputsDraft draft)
    {
        var json = JsonNode.Parse(details)!;
        foreach (var call in json["tool_calls"]!.AsArray())
        {
            call!["function"]!["output"] = draft.Outputs.First(output => output.CallId == (string)call["id"]!).Output;
        }

        return json.ToJsonString(WireJson.Options);
    }
}
