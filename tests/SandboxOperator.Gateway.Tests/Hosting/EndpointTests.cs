using System.Net;

namespace SandboxOperator.Gateway.Tests.Hosting;

public sealed class EndpointTests
{
    [Fact]
    public async Task Unknown_routes_get_an_error_in_the_api_shape_with_a_request_id()
    {
        await using var gateway = await TestGateway.StartAsync();
        using var response = await gateway.Client.PostAsync("/v1/xyz", null);

        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        response.Headers.GetValues("x-request-id").Single().ShouldMatch("^req_[0-9a-f]{32}$");
        response.Headers.Contains("openai-version").ShouldBeTrue();
        response.Headers.GetValues("openai-processing-ms").Single().ShouldMatch("^[0-9]+$");
        (await response.Content.ReadAsStringAsync()).ShouldBe(
            """{"error":{"message":"Invalid URL (POST /v1/xyz)","type":"invalid_request_error","param":null,"code":null}}"""
        );
    }

    [Fact]
    public async Task Liveness_readiness_and_metrics_answer()
    {
        await using var gateway = await TestGateway.StartAsync();

        (await gateway.Client.GetStringAsync("/livez")).ShouldBe("ok\n");
        var ready = await (await gateway.Client.GetAsync("/readyz?verbose")).Content.ReadAsStringAsync();
        ready.ShouldContain("[+]store ok");
        (await gateway.Client.GetStringAsync("/metrics")).ShouldContain("sandbox_http_request_duration_seconds");
    }
}
