using System.Text;
using SandboxOperator.Gateway.Console.Files;

namespace SandboxOperator.Gateway.Tests.Console;

public sealed class PictureTypeTests
{
    [Theory]
    [InlineData("\u0089PNG\r\n\u001a\n0000", "image/png")]
    [InlineData("\u00ff\u00d8\u00ff\u00e0", "image/jpeg")]
    [InlineData("GIF89a000000", "image/gif")]
    [InlineData("RIFF0000WEBP", "image/webp")]
    [InlineData("<svg xmlns=", null)]
    [InlineData("<html>", null)]
    [InlineData("\u0089PNG", null)]
    [InlineData("", null)]
    public void Pictures_are_known_by_their_first_bytes(string head, string? type) =>
        PictureType.Of(Encoding.Latin1.GetBytes(head)).ShouldBe(type);
}
