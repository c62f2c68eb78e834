/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ListZip ARCHIVES LISTING: what java.util.zip.ZipFile lists of each archive of a batch (zip_archives.py): one line of
 * JSON each. Names are in hexadecimal digits of UTF-8; bytes that are none are read as ISO 8859-1.
 */
import java.io.*;
import java.nio.charset.StandardCharsets;
import java.nio.file.*;
import java.util.*;
import java.util.zip.*;

public class ListZip {
    static String hex(String text) {
        StringBuilder out = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8))
            out.append(String.format("%02x", b));
        return out.toString();
    }

    static String content(ZipFile zip, ZipEntry entry) {
        CRC32 sum = new CRC32();
        long n = 0;
        byte[] buffer = new byte[65536];
        try (InputStream in = zip.getInputStream(entry)) {
            for (int k; in != null && n < 1 << 20 && (k = in.read(buffer)) >= 0; n += k)
                sum.update(buffer, 0, k);
        } catch (Exception e) {
            return "\"read\":-1,\"sum\":0,\"error\":\"" + hex(String.valueOf(e.getMessage())) + "\"";
        }
        return "\"read\":" + n + ",\"sum\":" + sum.getValue();
    }

    static String list(Path path) {
        StringBuilder out = new StringBuilder("{\"members\":[");
        String separator = "", end = "ok";
        try (ZipFile zip = new ZipFile(path.toFile(), StandardCharsets.ISO_8859_1)) {
            for (ZipEntry entry : Collections.list(zip.entries())) {
                out.append(separator).append("{\"name\":\"").append(hex(entry.getName())).append("\",\"size\":")
                    .append(entry.getSize()).append(",\"packed\":").append(entry.getCompressedSize())
                    .append(",\"crc\":").append(entry.getCrc()).append(",\"method\":").append(entry.getMethod())
                    .append(",").append(content(zip, entry)).append("}");
                separator = ",";
            }
        } catch (Exception e) {
            end = String.valueOf(e.getMessage());
        }
        return out + "],\"end\":\"" + (end.equals("ok") ? end : "hex " + hex(end)) + "\"}";
    }

    public static void main(String[] arguments) throws IOException {
        Path path = Files.createTempFile("zip", ".zip");
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(new FileInputStream(arguments[0])));
             PrintWriter out = new PrintWriter(arguments[1], StandardCharsets.US_ASCII)) {
            byte[] length = new byte[4];
            while (in.readNBytes(length, 0, 4) == 4) {
                int n = (length[0] & 255) | (length[1] & 255) << 8 | (length[2] & 255) << 16 | length[3] << 24;
                Files.write(path, in.readNBytes(n));
                out.println(list(path));
            }
        } finally {
            Files.delete(path);
        }
    }
}
