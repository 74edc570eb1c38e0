using Microsoft.Extensions.Options;
using SandboxOperator.Api.Agent;
using SandboxOperator.Sandboxes;

namespace SandboxOperator.Gateway.RunLoop;

/// <summary>Sends calls to sandboxes and follows them to their ends, whatever happens on the way.</summary>
internal sealed partial class CallSender(
    IOptions<RunLoopOptions> options,
    TimeProvider time,
    ILogger<CallSender> logger
)
{
    private const string Lost =
        "The sandbox was lost while the code ran: how far it came is not known. Variables and imports are lost.";

    private const string Refused =
        "The code was not run, because the sandbox was started anew just before. Variables and imports are lost: "
        + "define what you need again, and run the code again.";

    private static readonly TimeSpan BusyWait = TimeSpan.FromMilliseconds(200);

    /// <summary>Runs a stored call, or takes it up again where it was sent before.</summary>
    /// <param name="work">The run.</param>
    /// <param name="sandbox">Where the call belongs.</param>
    /// <param name="request">The call.</param>
    /// <param name="view">Shows what comes of it.</param>
    /// <param name="cancellationToken">Interrupts the call when the run is to end.</param>
    /// <returns>How the call ended, and whether the sandbox did not take it.</returns>
    public async Task<(string Status, bool IsRefused)> SendAsync(
        RunWork work,
        ISandbox sandbox,
        CallRequest request,
        CallView view,
        CancellationToken cancellationToken
    )
    {
        // A call that an earlier worker sent may have been taken, whatever is said of it now.
        var isOurs = work.History.Calls.All(row => row.Id != request.Id);
        // A run that ends interrupts its call and hears its last words; one that only moves elsewhere leaves it alone.
        using var listening = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        await using var stop = cancellationToken.UnsafeRegister(
            _ =>
            {
                if (work.Active.Reason is StopReason.Cancelled or StopReason.Expired)
                {
                    listening.CancelAfter(TimeSpan.FromSeconds(options.Value.InterruptSeconds));
                    _ = InterruptAsync(sandbox, request.Id, listening.Token);
                }
                else
                {
                    listening.Cancel();
                }
            },
            null
        );
        while (true)
        {
            try
            {
                var status = await view.FollowAsync(sandbox.RunAsync(request, listening.Token), listening.Token);
                return (status, IsRefused: false);
            }
            catch (CallRefusedException refused) when (refused.Code == AgentErrorCodes.Busy)
            {
                // The call of an earlier run has not ended yet.
                await Task.Delay(BusyWait, time, cancellationToken);
            }
            catch (CallRefusedException refused) when (refused.Code == AgentErrorCodes.EpochFenced)
            {
                throw new LeaseLostException("The sandbox has heard of a newer owner of the run.");
            }
            catch (CallRefusedException refused)
                when (refused.Code is AgentErrorCodes.IncarnationMismatch or AgentErrorCodes.CallIdReused)
            {
                view.Note(isOurs ? Refused : PythonCalls.Unknown);
                return (CallStatuses.Lost, isOurs);
            }
            catch (CallRefusedException refused) when (refused.Code is AgentErrorCodes.InvalidRequest)
            {
                view.Note($"The code was not run: {refused.Message}");
                return (CallStatuses.Error, IsRefused: true);
            }
            catch (Exception exception)
                when (isOurs && exception is (SandboxUnavailableException or SessionEndedException))
            {
                // Nothing was run; what the run still stores is its end.
                work.Scope.Stage(work.Sandbox.Record.CallRefused(request.Id));
                throw;
            }
            catch (SandboxLostException)
            {
                cancellationToken.ThrowIfCancellationRequested();
                view.Note(Lost);
                return (CallStatuses.Lost, IsRefused: false);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }
            finally
            {
                view.Flush();
            }
        }
    }

    private async Task InterruptAsync(ISandbox sandbox, string callId, CancellationToken cancellationToken)
    {
        try
        {
            await sandbox.InterruptAsync(callId, cancellationToken);
        }
        catch (Exception exception)
        {
            Log.NotInterrupted(logger, callId, exception);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Call {CallId} could not be interrupted")]
        public static partial void NotInterrupted(ILogger logger, string callId, Exception exception);
    }
}
