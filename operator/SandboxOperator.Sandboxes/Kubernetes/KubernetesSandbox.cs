using System.Runtime.CompilerServices;
using SandboxOperator.Api.Agent;
using SandboxOperator.Sandboxes.Agents;
using SandboxOperator.Sandboxes.Kubernetes.Activity;
using SandboxOperator.Sandboxes.Kubernetes.Sessions;

namespace SandboxOperator.Sandboxes.Kubernetes;

/// <summary>The way to one session's sandbox as long as its pod and the agent in it are the same.</summary>
internal sealed class KubernetesSandbox(
    SessionObjects objects,
    ActivityReports activity,
    LiveSession session,
    PodAgent agent,
    SessionInfo opened,
    TimeProvider time
) : ISandbox
{
    private volatile bool _lost;

    public SessionInfo Info => objects.Find(session.Name)?.Describe() ?? opened;

    public string Incarnation => agent.Status.Incarnation;

    /// <summary>The working directory lives and dies with the pod.</summary>
    public string VolumeId => agent.Pod.Uid;

    /// <summary>Whether it must be opened again.</summary>
    public bool IsLost => _lost;

    /// <summary>Gives the sandbox up and closes its streams.</summary>
    public void Close()
    {
        _lost = true;
        agent.Dispose();
    }

    public async IAsyncEnumerable<CallEvent> RunAsync(
        CallRequest request,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        session.Begin();
        try
        {
            await BeginAsync(cancellationToken);
            await using var events = agent
                .Client.RunAsync(request, cancellationToken)
                .GetAsyncEnumerator(cancellationToken);
            while (await GuardAsync(() => events.MoveNextAsync().AsTask()))
            {
                yield return events.Current;
            }
        }
        finally
        {
            session.Finish(wasCall: true, time.GetUtcNow());
            activity.ReportIfDue(session);
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

    private async Task BeginAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (!_lost)
            {
                await activity.BeforeCallAsync(session, cancellationToken);
                return;
            }
        }
        catch (SessionEndedException)
        {
            Close();
        }

        throw new CallRefusedException(
            "The sandbox was stopped before the call; its variables are lost.",
            AgentErrorCodes.IncarnationMismatch
        );
    }

    private Task<bool> RequestAsync(Func<AgentClient, Task> request) =>
        RequestAsync(async client =>
        {
            await request(client);
            return true;
        });

    private async Task<T> RequestAsync<T>(Func<AgentClient, Task<T>> request)
    {
        session.Begin();
        try
        {
            return _lost
                ? throw new SandboxLostException("The sandbox was stopped.")
                : await GuardAsync(() => request(agent.Client));
        }
        finally
        {
            session.Finish(wasCall: false, time.GetUtcNow());
        }
    }

    /// <summary>After these, who opens the sandbox next must find out what is there now.</summary>
    private async Task<T> GuardAsync<T>(Func<Task<T>> request)
    {
        try
        {
            return await request();
        }
        catch (SandboxLostException)
        {
            _lost = true;
            throw;
        }
        catch (CallRefusedException refused) when (refused.Code == AgentErrorCodes.IncarnationMismatch)
        {
            _lost = true;
            throw;
        }
    }
}
