using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using SandboxOperator.Gateway.Tests.Hosting;

namespace SandboxOperator.Gateway.Tests.Http;

public sealed class RequestTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    private TestGateway Gateway => fixture.Gateway;

    [Theory]
    [InlineData("{")]
    [InlineData("nonsense")]
    [InlineData("""{"metadata":{},"metadata":{}}""")]
    [InlineData("""{"metadata":{"a":"\ud83e"}}""")]
    [InlineData("""{"metadata":{},}""")]
    public async Task A_body_that_is_not_json_is_refused(string body)
    {
        var error = await Gateway.RefusedAsync("/v1/threads", body, null, "invalid_json");
        ((string)error["message"]!).ShouldStartWith("We could not parse the JSON body of your request");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(0)]
    public async Task The_name_of_an_unknown_parameter_is_cut_between_characters(int odd)
    {
        var name = new string('a', odd) + string.Concat(Enumerable.Repeat("😀", 500));
        var cut = name[..(64 - odd)] + "…";
        var error = await Gateway.RefusedAsync("/v1/threads", $"{{\"{name}\":1}}", cut, "unknown_parameter");
        ((string?)error["message"]).ShouldBe($"Unknown parameter: '{cut}'.");
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("7")]
    public async Task A_body_that_is_no_object_is_refused(string body) =>
        await Gateway.RefusedAsync("/v1/threads", body, null, "invalid_type");

    [Fact]
    public async Task Bytes_that_are_no_text_and_nesting_without_end_are_refused()
    {
        using var bytes = new ByteArrayContent([
            (byte)'{',
            (byte)'"',
            0xff,
            (byte)'"',
            (byte)':',
            (byte)'1',
            (byte)'}',
        ]);
        await Gateway.SendAsync(HttpMethod.Post, "/v1/threads", bytes, 400);
        await Gateway.RefusedAsync("/v1/threads", new string('[', 100_000), null, "invalid_json");
    }

    [Fact]
    public async Task A_body_over_the_limit_is_413()
    {
        using var content = new StringContent($$"""{"x":"{{new string('x', 33 * 1024 * 1024)}}"}""", Encoding.UTF8);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/threads") { Content = content };
        request.Headers.ExpectContinue = true;
        using var response = await Gateway.Client.SendAsync(request);
        response.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        var error = JsonNode.Parse(await response.Content.ReadAsStringAsync())!["error"]!;
        ((string?)error["type"]).ShouldBe("invalid_request_error");
    }

    [Fact]
    public async Task A_type_is_not_needed_and_a_slash_too_many_is_forgiven()
    {
        using var untyped = new ByteArrayContent("""{"metadata":{"a":"b"}}"""u8.ToArray());
        var thread = await Gateway.SendAsync(HttpMethod.Post, "/v1//threads", untyped, 200);
        thread["metadata"]!.ToJsonString().ShouldBe("""{"a":"b"}""");
    }

    [Theory]
    [InlineData("GET", "/v1/nothing", 404)]
    [InlineData("DELETE", "/v1/threads", 405)]
    [InlineData("PUT", "/v1/files", 405)]
    public async Task Routes_that_do_not_exist_get_the_api_shape(string method, string path, int status)
    {
        var error = (await Gateway.SendAsync(new HttpMethod(method), path, null, status))["error"]!.AsObject();
        error.Select(pair => pair.Key).ShouldBe(["message", "type", "param", "code"]);
        ((string)error["message"]!).ShouldContain(path);
    }

    [Theory]
    [InlineData("/v1/vector_stores")]
    [InlineData("/v1/vector_stores/vs_1/files")]
    public async Task Vector_stores_are_refused_and_the_message_says_so(string path)
    {
        var error = (await Gateway.PostAsync(path, "{}", 400))["error"]!;
        ((string)error["message"]!).ShouldContain("not supported by this server");
    }

    [Theory]
    [InlineData("limit=0", "limit", "integer_below_min_value")]
    [InlineData("limit=101", "limit", "integer_above_max_value")]
    [InlineData("limit=ten", "limit", "invalid_type")]
    [InlineData("order=up", "order", "invalid_value")]
    [InlineData("after=asst_none", "after", "invalid_value")]
    [InlineData("before=asst_none", "before", "invalid_value")]
    public async Task Bad_list_parameters_are_named(string query, string param, string code)
    {
        var error = (await Gateway.GetAsync($"/v1/assistants?{query}", 400))["error"]!;
        ((string?)error["param"]).ShouldBe(param);
        ((string?)error["code"]).ShouldBe(code);
    }

    [Fact]
    public async Task Unknown_query_parameters_and_the_second_version_of_the_beta_are_fine_and_the_first_is_not()
    {
        await Gateway.GetAsync("/v1/assistants?foo=bar&after=");
        (await BetaAsync("assistants=v2")).ShouldBe(HttpStatusCode.OK);
        (await BetaAsync("assistants=v1")).ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Pages_of_strangers_may_not_use_a_gateway_without_keys()
    {
        (await SendAsync("Origin", "https://evil.example")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await SendAsync("Host", "evil.example")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);

        using var own = await SendAsync("Origin", "http://localhost:3000");
        own.StatusCode.ShouldBe(HttpStatusCode.OK);
        own.Headers.GetValues("Access-Control-Allow-Origin").ShouldBe(["http://localhost:3000"]);
        own.Headers.GetValues("Access-Control-Expose-Headers").Single().ShouldContain("x-request-id");
    }

    [Fact]
    public async Task Browsers_may_ask_first()
    {
        using var request = new HttpRequestMessage(HttpMethod.Options, "/v1/threads");
        request.Headers.Add("Origin", "http://localhost:3000");
        request.Headers.Add("Access-Control-Request-Method", "POST");
        request.Headers.Add("Access-Control-Request-Headers", "authorization,openai-beta,x-stainless-os");
        using var response = await Gateway.Client.SendAsync(request);
        response.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        response.Headers.GetValues("Access-Control-Allow-Headers").Single().ShouldContain("x-stainless-os");
    }

    private async Task<HttpStatusCode> BetaAsync(string value) => (await SendAsync("OpenAI-Beta", value)).StatusCode;

    private Task<HttpResponseMessage> SendAsync(string header, string value)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/v1/assistants");
        request.Headers.Add(header, value);
        return Gateway.Client.SendAsync(request);
    }
}
