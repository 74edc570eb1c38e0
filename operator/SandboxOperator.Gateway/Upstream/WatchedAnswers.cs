namespace SandboxOperator.Gateway.Upstream;

/// <summary>
/// Watches every answer where it comes from the network: the package on top keeps an event until it is whole, so that
/// a look from above would come too late.
/// </summary>
internal sealed class WatchedAnswers(ModelOptions options, TimeProvider time, HttpMessageHandler inner)
    : DelegatingHandler(inner)
{
    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken
    )
    {
        var response = await base.SendAsync(request, cancellationToken);
        response.Content = new WatchedContent(response.Content, Watch);
        return response;
    }

    private WatchedStream Watch(Stream body) =>
        new(body, TimeSpan.FromSeconds(options.FirstByteSeconds), TimeSpan.FromSeconds(options.IdleSeconds), time);
}
