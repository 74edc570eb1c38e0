using System.Net.Http.Headers;
using System.Text;
using SandboxOperator.Gateway.Tests.Hosting;

namespace SandboxOperator.Gateway.Tests.Files;

/// <summary>Forms as clients write them, byte by byte.</summary>
public sealed class MultipartTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    private const string Purpose = "--b\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nassistants\r\n";

    [Theory]
    // Purpose first, as Python sends it.
    [InlineData(
        Purpose
            + "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\nContent-Type: text/csv\r\n\r\nx,y\r\n--b--\r\n",
        "a.csv"
    )]
    // File first, as newer Node clients do.
    [InlineData(
        "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\nContent-Type: application/octet-stream\r\n\r\nx,y\r\n"
            + Purpose
            + "--b--",
        "a.csv"
    )]
    // .NET: nothing quoted, no type on the file, one on the field, the name in both forms.
    [InlineData(
        "--b\r\nContent-Disposition: form-data; name=file; filename=\"=?utf-8?B?xxx?=\"; filename*=utf-8''na%C3%AFve.csv\r\n\r\nx,y\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Disposition: form-data; name=purpose\r\n\r\nassistants\r\n--b--\r\n",
        "naïve.csv"
    )]
    [InlineData(
        "--b\r\nContent-Disposition: form-data; name=file; filename=data.csv; filename*=utf-8''data.csv\r\n\r\nx,y\r\n"
            + Purpose
            + "--b--\r\n",
        "data.csv"
    )]
    // Raw UTF-8.
    [InlineData(
        Purpose + "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"你好.txt\"\r\n\r\nx,y\r\n--b--\r\n",
        "你好.txt"
    )]
    // Paths of both worlds.
    [InlineData(
        Purpose
            + "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"../../etc/passwd\"\r\n\r\nx,y\r\n--b--\r\n",
        "passwd"
    )]
    [InlineData(
        Purpose
            + "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"C:\\dir\\a.csv\"\r\n\r\nx,y\r\n--b--\r\n",
        "a.csv"
    )]
    // No name; a semicolon and an apostrophe in one; a preamble.
    [InlineData(Purpose + "--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nx,y\r\n--b--\r\n", "upload")]
    [InlineData(
        "ignored\r\n"
            + Purpose
            + "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"it's; 100% a=b.csv\"\r\n\r\nx,y\r\n--b--\r\n",
        "it's; 100% a=b.csv"
    )]
    public async Task Every_way_of_writing_a_form_is_understood(string body, string filename)
    {
        foreach (var (chunked, boundary) in new[] { (false, "b"), (true, "\"b\"") })
        {
            using var content = Form(body, boundary);
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/files") { Content = content };
            request.Headers.TransferEncodingChunked = chunked;
            using var response = await fixture.Gateway.Client.SendAsync(request);
            var text = await response.Content.ReadAsStringAsync();
            ((int)response.StatusCode).ShouldBe(200, text);
            var file = System.Text.Json.Nodes.JsonNode.Parse(text)!;
            ((string?)file["filename"]).ShouldBe(filename);
            ((int?)file["bytes"]).ShouldBe(3);
            ((string?)file["status"]).ShouldBe("processed");
            (await fixture.Gateway.Client.GetStringAsync($"/v1/files/{file["id"]}/content")).ShouldBe("x,y");
        }
    }

    [Theory]
    [InlineData("a%22b.csv")]
    [InlineData("a%0D%0Ab.csv")]
    [InlineData("a\u0007b.csv")]
    [InlineData("..")]
    [InlineData("LONG")]
    public async Task Names_that_cannot_be_kept_are_refused_and_nothing_is(string name)
    {
        name = name == "LONG" ? new string('x', 300) : name;
        var body =
            Purpose
            + $"--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\nx,y\r\n--b--\r\n";
        await RefusedAsync(Form(body, "b"), "file", "invalid_value");
    }

    [Theory]
    [InlineData(
        "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\nx\r\n--b--\r\n",
        "purpose",
        "missing_required_parameter"
    )]
    [InlineData(Purpose + "--b--\r\n", "file", "missing_required_parameter")]
    [InlineData(
        Purpose + "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n\r\n--b--\r\n",
        "file",
        "invalid_value"
    )]
    [InlineData(
        Purpose
            + "--b\r\nContent-Disposition: form-data; name=\"foo\"\r\n\r\n1\r\n--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\nx\r\n--b--\r\n",
        "foo",
        "unknown_parameter"
    )]
    [InlineData(
        Purpose + "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\nx,y",
        null,
        "invalid_form"
    )]
    [InlineData(Purpose, null, "invalid_form")]
    [InlineData("nonsense", null, "invalid_form")]
    [InlineData("", null, "invalid_form")]
    public async Task Broken_forms_are_refused_and_nothing_is_kept(string body, string? param, string code) =>
        await RefusedAsync(Form(body, "b"), param, code);

    [Fact]
    public async Task A_body_that_is_no_form_is_refused()
    {
        await RefusedAsync(new StringContent("{}", Encoding.UTF8, "application/json"), null, "invalid_content_type");
        await RefusedAsync(new ByteArrayContent([1, 2]), null, "invalid_content_type");
    }

    private async Task RefusedAsync(HttpContent content, string? param, string code)
    {
        var error = (await fixture.Gateway.SendAsync(HttpMethod.Post, "/v1/files", content, 400))["error"]!;
        ((string?)error["param"]).ShouldBe(param, error.ToJsonString());
        ((string?)error["code"]).ShouldBe(code, error.ToJsonString());
        Directory.GetFiles(Path.Combine(fixture.Gateway.Data, "blobs", "tmp")).ShouldBeEmpty();
    }

    private static ByteArrayContent Form(string body, string boundary)
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.ContentType = MediaTypeHeaderValue.Parse($"multipart/form-data; boundary={boundary}");
        return content;
    }
}
