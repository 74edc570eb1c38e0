using System.Runtime.CompilerServices;
using SandboxOperator.Api.Agent;
using SandboxOperator.Sandboxes.Agents;
using SandboxOperator.Sandboxes.Local.Sessions;

namespace SandboxOperator.Sandboxes.Local;

/// <summary>The way to one session's sandbox from one start of it to its stop. Requests under way keep it from being stopped.</summary>
internal sealed class LocalSandbox(
    SessionTable table,
    LocalSession session,
    RunningAgent agent,
    string volumeId,
    SandboxOpening opening
) : ISandbox
{
    private volatile bool _lost;

    public SessionInfo Info => table.Describe(session);

    public SandboxOpening Opening => opening;

    public string Incarnation => agent.Status.Incarnation;

    public string VolumeId => volumeId;

    /// <summary>What the sandbox found when it tried to get out.</summary>
    public IReadOnlyList<SandboxIsolation> Isolation { get; } =
    [.. agent.Status.Isolation.Select(tried => new SandboxIsolation(tried.Name, tried.Blocked, tried.Detail))];

    /// <summary>Whether it must be started again: its agent ended, or did not behave.</summary>
    public bool IsLost => _lost || agent.Process.HasEnded;

    public async IAsyncEnumerable<CallEvent> RunAsync(
        CallRequest request,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        if (!table.Begin(session, this, isCall: true))
        {
            throw new CallRefusedException(
                "The sandbox was stopped before the call; its variables are lost.",
                AgentErrorCodes.IncarnationMismatch
            );
        }

        try
        {
            await using var events = agent
                .Client.RunAsync(request, cancellationToken)
                .GetAsyncEnumerator(cancellationToken);
            while (await NextAsync(events))
            {
                yield return events.Current;
            }
        }
        finally
        {
            table.Finish(session, wasCall: true);
        }
    }

    public Task InterruptAsync(string callId, CancellationToken cancellationToken) =>
        RequestAsync(client => client.InterruptAsync(callId, cancellationToken));

    public Task PutFileAsync(
        string path,
        Stream content,
        long? length,
        string? alias,
        CancellationToken cancellationToken
    ) => RequestAsync(client => client.PutFileAsync(path, content, length, alias, cancellationToken));

    public Task<SandboxFile?> OpenFileAsync(string path, CancellationToken cancellationToken) =>
        RequestAsync(client => client.OpenFileAsync(path, cancellationToken));

    public Task<FileList> ListFilesAsync(CancellationToken cancellationToken) =>
        RequestAsync(client => client.ListFilesAsync(cancellationToken));

    public Task DeleteFileAsync(string path, CancellationToken cancellationToken) =>
        RequestAsync(client => client.DeleteFileAsync(path, cancellationToken));

    public Task<AgentStatus> GetStatusAsync(CancellationToken cancellationToken) =>
        RequestAsync(client => client.GetStatusAsync(cancellationToken));

    private async ValueTask<bool> NextAsync(IAsyncEnumerator<CallEvent> events)
    {
        try
        {
            return await events.MoveNextAsync();
        }
        catch (SandboxLostException)
        {
            // Nobody knows what the sandbox is doing now: the next one who opens it gets it started again.
            _lost = true;
            throw;
        }
    }

    private Task<bool> RequestAsync(Func<AgentClient, Task> request) =>
        RequestAsync(async client =>
        {
            await request(client);
            return true;
        });

    private async Task<T> RequestAsync<T>(Func<AgentClient, Task<T>> request)
    {
        if (!table.Begin(session, this, isCall: false))
        {
            throw new SandboxLostException("The sandbox was stopped.");
        }

        try
        {
            return await request(agent.Client);
        }
        finally
        {
            table.Finish(session, wasCall: false);
        }
    }
}
