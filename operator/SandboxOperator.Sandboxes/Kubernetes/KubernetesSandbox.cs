using System.Runtime.CompilerServices;
using SandboxOperator.Api.Agent;
using SandboxOperator.Kube.Client;
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
    SandboxOpening opening,
    TimeProvider time
) : ISandbox, IDisposable
{
    private readonly CancellationTokenSource _closing = new();
    private int _closed;
    private volatile bool _lost;

    public SessionInfo Info => objects.Find(session.Name)?.Describe() ?? opened;

    public SandboxOpening Opening => opening;

    public string Incarnation => agent.Status.Incarnation;

    /// <summary>The working directory lives and dies with the pod.</summary>
    public string VolumeId => agent.Pod.Uid;

    /// <summary>Whether it must be opened again.</summary>
    public bool IsLost => _lost;

    /// <summary>Gives the sandbox up and closes its streams.</summary>
    public void Dispose()
    {
        _lost = true;
        if (Interlocked.Exchange(ref _closed, 1) == 0)
        {
            // Connections that are in use end only with what uses them.
            _closing.Cancel();
            _closing.Dispose();
            agent.Dispose();
        }
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
            using var either = Link(cancellationToken);
            await using var events = agent.Client.RunAsync(request, either.Token).GetAsyncEnumerator(either.Token);
            while (await GuardAsync(() => events.MoveNextAsync().AsTask(), cancellationToken))
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
        RequestAsync((client, token) => client.InterruptAsync(callId, token), cancellationToken);

    public Task PutFileAsync(
        string path,
        Stream content,
        long? length,
        string? alias,
        CancellationToken cancellationToken
    ) => RequestAsync((client, token) => client.PutFileAsync(path, content, length, alias, token), cancellationToken);

    public Task<SandboxFile?> OpenFileAsync(string path, CancellationToken cancellationToken) =>
        RequestAsync((client, token) => client.OpenFileAsync(path, token), cancellationToken);

    public Task<FileList> ListFilesAsync(CancellationToken cancellationToken) =>
        RequestAsync((client, token) => client.ListFilesAsync(token), cancellationToken);

    public Task DeleteFileAsync(string path, CancellationToken cancellationToken) =>
        RequestAsync((client, token) => client.DeleteFileAsync(path, token), cancellationToken);

    public Task<AgentStatus> GetStatusAsync(CancellationToken cancellationToken) =>
        RequestAsync((client, token) => client.GetStatusAsync(token), cancellationToken);

    private CancellationTokenSource Link(CancellationToken cancellationToken)
    {
        try
        {
            return CancellationTokenSource.CreateLinkedTokenSource(_closing.Token, cancellationToken);
        }
        catch (ObjectDisposedException exception)
        {
            throw new SandboxLostException("The sandbox was stopped.", exception);
        }
    }

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
            Dispose();
        }
        catch (KubeException exception)
        {
            throw new SandboxUnavailableException(exception.Message, exception);
        }

        throw new CallRefusedException(
            "The sandbox was stopped before the call; its variables are lost.",
            AgentErrorCodes.IncarnationMismatch
        );
    }

    private Task<bool> RequestAsync(
        Func<AgentClient, CancellationToken, Task> request,
        CancellationToken cancellationToken
    ) =>
        RequestAsync(
            async (client, token) =>
            {
                await request(client, token);
                return true;
            },
            cancellationToken
        );

    private async Task<T> RequestAsync<T>(
        Func<AgentClient, CancellationToken, Task<T>> request,
        CancellationToken cancellationToken
    )
    {
        session.Begin();
        try
        {
            if (_lost)
            {
                throw new SandboxLostException("The sandbox was stopped.");
            }

            using var either = Link(cancellationToken);
            return await GuardAsync(() => request(agent.Client, either.Token), cancellationToken);
        }
        finally
        {
            session.Finish(wasCall: false, time.GetUtcNow());
        }
    }

    /// <summary>After these, who opens the sandbox next must find out what is there now.</summary>
    private async Task<T> GuardAsync<T>(Func<Task<T>> request, CancellationToken cancellationToken)
    {
        try
        {
            return await request();
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new SandboxLostException("The sandbox was stopped during the request.", exception);
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
