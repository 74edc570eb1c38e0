using System.Net;
using System.Net.WebSockets;
using k8s.Models;
using SandboxOperator.Kube.Client;
using SandboxOperator.Kube.Rbac;

namespace SandboxOperator.Kube.Exec;

/// <inheritdoc/>
/// <param name="connection">How to reach the server.</param>
/// <param name="client">Reads the pod to explain a refusal.</param>
/// <param name="options">Bounds.</param>
/// <param name="time">For deadlines.</param>
[EntityRbac(
    typeof(V1Pod),
    Subresource = "exec",
    Verbs = RbacVerbs.Get | RbacVerbs.Create,
    Role = RbacRole.Gateway,
    Reason = "Talks to the agents of its sandboxes; servers ask for get or create, depending on how the stream is opened."
)]
[EntityRbac(
    typeof(V1Pod),
    Verbs = RbacVerbs.Get,
    Role = RbacRole.Gateway,
    Reason = "Explains why an agent cannot be reached."
)]
public sealed class PodExec(KubeConnection connection, IKubeClient client, ExecOptions options, TimeProvider time)
    : IPodExec
{
    /// <inheritdoc/>
    public async Task<ExecStream> OpenAsync(
        ObjectKey pod,
        string container,
        IReadOnlyList<string> command,
        CancellationToken token
    )
    {
        using var deadline = new CancellationTokenSource(options.OpenTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, token);
        var socket = new ClientWebSocket();
        try
        {
            var what = $"{command[0]} in pod {pod}";
            await ConnectAsync(socket, pod, container, command, both.Token);
            KubeMetrics.ExecStreams.WithLabels("opened").Inc();
            return new ExecStream(socket, what, options, time);
        }
        catch (Exception exception)
        {
            HttpStatusCode? code = socket.HttpStatusCode == default ? null : socket.HttpStatusCode;
            socket.Dispose();
            if (exception is OperationCanceledException && token.IsCancellationRequested)
            {
                throw;
            }

            KubeMetrics.ExecStreams.WithLabels(code is null ? "unreachable" : "refused").Inc();
            throw await ExplainAsync(exception, code, pod, container, token);
        }
    }

    private async Task ConnectAsync(
        ClientWebSocket socket,
        ObjectKey pod,
        string container,
        IReadOnlyList<string> command,
        CancellationToken token
    )
    {
        socket.Options.AddSubProtocol(ExecStream.Version5);
        socket.Options.AddSubProtocol(ExecStream.Version4);
        socket.Options.CollectHttpResponseDetails = true;
        socket.Options.KeepAliveInterval = TimeSpan.FromSeconds(20);
        // A reader that is slow must not end the stream; a peer that vanished is noticed by the connection itself.
        socket.Options.KeepAliveTimeout = Timeout.InfiniteTimeSpan;
        var path = KubeKind.Of<V1Pod>().Object(pod, "exec");
        var arguments = string.Concat(command.Select(word => $"&command={Uri.EscapeDataString(word)}"));
        var address = new UriBuilder(new Uri(connection.BaseAddress, path))
        {
            Scheme = connection.BaseAddress.Scheme == Uri.UriSchemeHttps ? Uri.UriSchemeWss : Uri.UriSchemeWs,
            Query =
                $"container={Uri.EscapeDataString(container)}&stdin=true&stdout=true&stderr=true&tty=false{arguments}",
        };
        using var credentials = new HttpRequestMessage(HttpMethod.Get, address.Uri);
        await connection.AuthorizeAsync(credentials, token);
        foreach (var header in credentials.Headers)
        {
            socket.Options.SetRequestHeader(header.Key, string.Join(',', header.Value));
        }

        await socket.ConnectAsync(address.Uri, connection.Streams, token);
        if (socket.SubProtocol is not (ExecStream.Version5 or ExecStream.Version4))
        {
            throw new WebSocketException($"the server speaks neither {ExecStream.Version5} nor {ExecStream.Version4}");
        }
    }

    private async Task<ExecException> ExplainAsync(
        Exception exception,
        HttpStatusCode? code,
        ObjectKey pod,
        string container,
        CancellationToken token
    )
    {
        if (code is not { } refused || refused == HttpStatusCode.SwitchingProtocols)
        {
            var problem =
                exception is OperationCanceledException
                    ? $"no answer within {options.OpenTimeout.TotalSeconds} s"
                    : exception.Message;
            return new ExecException($"Cannot reach container {container} of pod {pod}: {problem}", exception);
        }

        V1Pod? state = null;
        if (refused is not (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden))
        {
            try
            {
                state = await client.GetAsync<V1Pod>(pod, token);
            }
            catch (KubeException unreadable)
            {
                return Refusal(unreadable.Message);
            }
        }

        return Refusal(ExecRefusal.Explain(refused, state, container));

        ExecException Refusal(string why) =>
            new($"Cannot reach container {container} of pod {pod}: {why}", exception) { Refused = refused };
    }
}
