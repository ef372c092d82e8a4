import struct
import time
import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from faces import photos
from mien.errors import MienError
from mien.faces.header import read_header
from mien.faces.image import MAX_PIXELS, decode_image, read_image


@pytest.fixture
def picture():
    """Smooth, so that JPEG keeps it; no symmetry, so that turns show."""
    row, column = np.mgrid[:40, :64]
    return np.stack([row * 5, column * 3, 255 - row * 2 - column], axis=-1).astype(np.uint8)


@pytest.mark.parametrize("suffix", [".png", ".bmp", ".tiff", ".ppm", ".webp"])
def test_lossless_formats_come_back_exactly(picture, suffix, tmp_path):
    import cv2

    content = photos.encode(picture, suffix)
    if suffix == ".webp":
        flags = [cv2.IMWRITE_WEBP_QUALITY, 101]
        content = cv2.imencode(suffix, picture[..., ::-1], flags)[1].tobytes()
    path = tmp_path / f"a{suffix}"
    path.write_bytes(content)
    np.testing.assert_array_equal(read_image(path), picture)
    header = read_header(content)
    assert (header.width, header.height) == (64, 40)


def _upright(image, orientation):
    """EXIF 2.32: what row 0 and column 0 of the stored picture are."""
    turned = {
        1: image,
        2: image[:, ::-1],
        3: image[::-1, ::-1],
        4: image[::-1],
        5: image.transpose(1, 0, 2),
        6: np.rot90(image, -1),
        7: image[::-1, ::-1].transpose(1, 0, 2),
        8: np.rot90(image, 1),
    }
    return turned[orientation]


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("order", ["<", ">"])
def test_exif_rotation_is_undone(picture, orientation, order):
    block = photos.exif(orientation, order)
    upright = _upright(picture, orientation)
    png = decode_image(photos.png_with_exif(picture, block))
    np.testing.assert_array_equal(png, upright)
    jpeg = decode_image(photos.jpeg_with_exif(picture, block))
    assert jpeg.shape == upright.shape
    assert np.abs(jpeg.astype(int) - upright).mean() < 3


@pytest.mark.parametrize("orientation", [0, 9, 77])
def test_a_senseless_orientation_is_upright(picture, orientation):
    content = photos.png_with_exif(picture, photos.exif(orientation))
    np.testing.assert_array_equal(decode_image(content), picture)


def test_a_damaged_exif_block_is_upright(picture):
    for block in (b"", b"II", b"II*\0\xff\xff\xff\xff", b"XX" + photos.exif(6)[2:]):
        np.testing.assert_array_equal(decode_image(photos.png_with_exif(picture, block)), picture)


def test_transparency_lies_over_white(picture):
    alpha = np.zeros((40, 64, 1), np.uint8)
    alpha[:, 20:] = 255
    alpha[:, 40:] = 128
    read = decode_image(photos.encode(np.concatenate([picture, alpha], axis=2), ".png"))
    np.testing.assert_array_equal(read[:, :20], 255)
    np.testing.assert_array_equal(read[:, 20:40], picture[:, 20:40])
    blend = picture[:, 40:] * (128 / 255) + 255 * (127 / 255)
    assert np.abs(read[:, 40:] - blend).max() <= 1


def test_grey_becomes_three_equal_channels(picture):
    for suffix in (".png", ".pgm", ".tiff"):
        read = decode_image(photos.encode(picture[..., 0], suffix))
        np.testing.assert_array_equal(read, np.repeat(picture[..., :1], 3, axis=2))


def test_sixteen_bits_become_eight_by_the_upper_byte(picture):
    wide = picture.astype(np.uint16) * 256 + 77
    for suffix in (".png", ".tiff"):
        np.testing.assert_array_equal(decode_image(photos.encode(wide, suffix)), picture)
        read = decode_image(photos.encode(wide[..., 1], suffix))
        np.testing.assert_array_equal(read[..., 0], picture[..., 1])


def test_float_pixels_are_refused(picture):
    with pytest.raises(MienError, match="float32 pixels"):
        decode_image(photos.encode(picture.astype(np.float32), ".tiff"))


@pytest.mark.parametrize(
    "content", [photos.giant_png(65500, 65500), photos.giant_jpeg(65500), photos.giant_png(0, 4)]
)
def test_giant_headers_are_refused_at_once(content):
    tracemalloc.start()
    try:
        begin = time.thread_time()
        with pytest.raises(MienError, match="limit is 100 megapixels"):
            decode_image(content)
        assert time.thread_time() - begin < 0.5  # 13 GB would take ten seconds
        assert tracemalloc.get_traced_memory()[1] < 20e6
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp"])
@pytest.mark.parametrize("part", [0.02, 0.3, 0.6, 0.95])
def test_cut_files_are_refused(picture, suffix, part):
    content = photos.encode(np.tile(picture, (4, 4, 1)), suffix)
    with pytest.raises(MienError, match="cut short"):
        decode_image(content[: int(len(content) * part)])


def test_a_cut_jpeg_is_not_saved_by_its_thumbnail(picture):
    thumbnail = photos.encode(picture[::4, ::4], ".jpg")
    content = photos.jpeg_with_exif(np.tile(picture, (3, 3, 1)), photos.exif(1) + thumbnail)
    assert decode_image(content).shape == (120, 192, 3)
    with pytest.raises(MienError, match="cut short"):
        decode_image(content[: int(len(content) * 0.8)])


def test_trailing_matter_is_allowed(picture):
    for suffix in (".jpg", ".png"):
        content = photos.encode(picture, suffix) + b"a film follows" * 9999
        assert decode_image(content).shape == picture.shape


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"GIF89a" + b"\0" * 99, b"\xff\xd8", b"P6", b"BM", b"II*\0", b"RIFF"]
)
def test_other_content_is_refused(content):
    with pytest.raises(MienError, match="no JPEG"):
        decode_image(content)


def test_missing_files_and_folders_are_told(tmp_path):
    for path in (tmp_path / "none.png", tmp_path):
        with pytest.raises(MienError, match="cannot be read") as caught:
            read_image(path)
        assert caught.value.path == str(path)


@given(
    st.binary(max_size=200),
    st.sampled_from([b"\xff\xd8", b"\x89PNG\r\n\x1a\n", b"II*\0", b"P5", b"RIFF"]),
)
def test_headers_of_noise_never_crash(noise, start):
    header = read_header(start + noise)
    assert header is None or header.orientation in range(1, 9)


def test_the_limit_lets_large_photos_pass():
    assert MAX_PIXELS >= 12_000 * 8_000


def test_tiff_directory_limits():
    many = b"II*\0" + struct.pack("<IH", 8, 65535) + b"\0" * 40
    assert read_header(many) is None
