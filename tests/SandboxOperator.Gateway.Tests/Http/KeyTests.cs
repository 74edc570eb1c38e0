using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;
using SandboxOperator.Gateway.Http;
using SandboxOperator.Gateway.Options;
using SandboxOperator.Gateway.Tests.Hosting;

namespace SandboxOperator.Gateway.Tests.Http;

public sealed class KeyTests
{
    private static readonly string[] Settings =
    [
        "Keys:0:Key=sk-alpha-0123456789abcdef",
        "Keys:0:Project=alpha",
        $"Keys:1:Key=sha256:{Convert.ToHexString(SHA256.HashData("sk-beta-0123456789abcdef"u8))}",
        "Keys:1:Project=beta",
        "Keys:1:Role=admin",
    ];

    [Fact]
    public async Task Without_keys_any_key_or_none_will_do()
    {
        await using var gateway = await TestGateway.StartAsync();
        (await StatusAsync(gateway, null)).ShouldBe(HttpStatusCode.OK);
        (await StatusAsync(gateway, "whatever")).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task With_keys_no_other_is_let_in_and_the_answer_does_not_repeat_it()
    {
        await using var gateway = await TestGateway.StartAsync(null, null, Settings);
        (await StatusAsync(gateway, "sk-alpha-0123456789abcdef")).ShouldBe(HttpStatusCode.OK);
        (await StatusAsync(gateway, "sk-beta-0123456789abcdef")).ShouldBe(HttpStatusCode.OK);
        (await StatusAsync(gateway, null)).ShouldBe(HttpStatusCode.Unauthorized);
        (await StatusAsync(gateway, null, "/livez")).ShouldBe(HttpStatusCode.OK);
        (await StatusAsync(gateway, null, "/v1/nothing")).ShouldBe(HttpStatusCode.Unauthorized);

        using var response = await SendAsync(gateway, HttpMethod.Get, "/v1/assistants", "sk-wrong-0123456789abcdef");
        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        response.Headers.Contains("x-request-id").ShouldBeTrue();
        var error = JsonNode.Parse(await response.Content.ReadAsStringAsync())!["error"]!;
        ((string?)error["code"]).ShouldBe("invalid_api_key");
        ((string)error["message"]!).ShouldNotContain("0123456789");
    }

    [Theory]
    [InlineData("/V1/chat/completions")]
    [InlineData("/V1/Chat/Completions")]
    [InlineData("/%56%31/chat/completions")]
    public async Task No_spelling_of_a_path_goes_without_a_key(string path)
    {
        await using var gateway = await TestGateway.StartAsync(null, null, Settings);
        using var refused = await SendAsync(gateway, HttpMethod.Post, path, key: null, Json("""{"model":"m"}"""));
        refused.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_project_never_sees_what_belongs_to_another()
    {
        await using var gateway = await TestGateway.StartAsync(null, null, Settings);
        const string alpha = "sk-alpha-0123456789abcdef";
        const string beta = "sk-beta-0123456789abcdef";
        var assistant = await CreateAsync(gateway, alpha, "/v1/assistants", """{"model":"m"}""");
        var thread = await CreateAsync(gateway, alpha, "/v1/threads", "{}");
        var message = await CreateAsync(
            gateway,
            alpha,
            $"/v1/threads/{thread}/messages",
            """{"role":"user","content":"x"}"""
        );
        var upload = await CreateAsync(
            gateway,
            alpha,
            "/v1/uploads",
            """{"filename":"a","purpose":"assistants","bytes":1,"mime_type":"text/plain"}"""
        );
        using var form = new MultipartFormDataContent
        {
            { new StringContent("assistants"), "purpose" },
            { new ByteArrayContent([1]), "file", "a" },
        };
        var file = await IdAsync(await SendAsync(gateway, HttpMethod.Post, "/v1/files", alpha, form));

        string[] paths =
        [
            $"/v1/assistants/{assistant}",
            $"/v1/threads/{thread}",
            $"/v1/threads/{thread}/messages",
            $"/v1/threads/{thread}/messages/{message}",
            $"/v1/files/{file}",
            $"/v1/files/{file}/content",
        ];
        foreach (var path in paths)
        {
            (await StatusAsync(gateway, alpha, path)).ShouldBe(HttpStatusCode.OK, path);
            (await StatusAsync(gateway, beta, path)).ShouldBe(HttpStatusCode.NotFound, path);
        }
        foreach (var path in new[] { paths[0], paths[1], paths[3], paths[4] })
        {
            using var refused = await SendAsync(gateway, HttpMethod.Delete, path, beta);
            refused.StatusCode.ShouldBe(HttpStatusCode.NotFound, path);
        }
        using var cancel = await SendAsync(gateway, HttpMethod.Post, $"/v1/uploads/{upload}/cancel", beta);
        cancel.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        using var stolen = await SendAsync(
            gateway,
            HttpMethod.Post,
            "/v1/threads",
            beta,
            Json($$$$"""{"tool_resources":{"code_interpreter":{"file_ids":["{{{{file}}}}"]}}}""")
        );
        stolen.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        foreach (var list in new[] { "/v1/assistants", "/v1/files" })
        {
            using var response = await SendAsync(gateway, HttpMethod.Get, list, beta);
            JsonNode.Parse(await response.Content.ReadAsStringAsync())!["data"]!.AsArray().ShouldBeEmpty();
        }
    }

    [Theory]
    [InlineData("", "default", "project")]
    [InlineData("sha256:abc", "default", "project")]
    [InlineData("sk", "", "project")]
    [InlineData("sk", "default", "root")]
    public void Keys_that_cannot_be_used_stop_the_start(string key, string project, string role)
    {
        var keys = new List<KeyOptions>
        {
            new()
            {
                Key = key,
                Project = project,
                Role = role,
            },
        };
        var error = Should.Throw<OptionsValidationException>(() =>
            new ApiKeys(Microsoft.Extensions.Options.Options.Create(keys))
        );
        error.Message.ShouldStartWith("Keys:0:");
    }

    private static async Task<HttpStatusCode> StatusAsync(
        TestGateway gateway,
        string? key,
        string path = "/v1/assistants"
    )
    {
        using var response = await SendAsync(gateway, HttpMethod.Get, path, key);
        return response.StatusCode;
    }

    private static async Task<string> CreateAsync(TestGateway gateway, string key, string path, string json) =>
        await IdAsync(await SendAsync(gateway, HttpMethod.Post, path, key, Json(json)));

    private static async Task<string> IdAsync(HttpResponseMessage response)
    {
        using (response)
        {
            var text = await response.Content.ReadAsStringAsync();
            response.StatusCode.ShouldBe(HttpStatusCode.OK, text);
            return (string)JsonNode.Parse(text)!["id"]!;
        }
    }

    private static StringContent Json(string json) => new(json, Encoding.UTF8, "application/json");

    private static async Task<HttpResponseMessage> SendAsync(
        TestGateway gateway,
        HttpMethod method,
        string path,
        string? key,
        HttpContent? content = null
    )
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        request.Headers.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
        return await gateway.Client.SendAsync(request);
    }
}
