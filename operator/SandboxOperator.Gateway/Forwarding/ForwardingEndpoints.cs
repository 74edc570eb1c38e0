using SandboxOperator.Gateway.Http;

namespace SandboxOperator.Gateway.Forwarding;

/// <summary>The parts of the API that the upstream answers by itself.</summary>
internal static class ForwardingEndpoints
{
    /// <summary>Nothing else is forwarded: the upstream's key may be good for more than callers should do.</summary>
    private static readonly string[] Paths =
    [
        "chat/completions",
        "completions",
        "embeddings",
        "moderations",
        "images/generations",
        "images/edits",
        "images/variations",
        "audio/speech",
        "audio/transcriptions",
        "audio/translations",
    ];

    public static IServiceCollection AddForwarding(this IServiceCollection services)
    {
        services.AddHttpForwarder();
        return services.AddSingleton<UpstreamForwarder>();
    }

    public static void MapForwarding(this IEndpointRouteBuilder routes)
    {
        foreach (var path in Paths)
        {
            routes.MapPost(
                $"/v1/{path}",
                (HttpContext context, UpstreamForwarder forwarder) => forwarder.ForwardAsync(context, path)
            );
        }
        foreach (var path in new[] { "/v1/vector_stores", "/v1/vector_stores/{**rest}" })
        {
            routes.Map(path, _ => throw ApiErrors.Unsupported("File search with vector stores", param: null));
        }
    }
}
